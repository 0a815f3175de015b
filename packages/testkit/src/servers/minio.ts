import { randomBytes } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePlace } from './choose-place.js';
import { containersWanted, hostContainer } from './container-host.js';
import { answersHealthy } from './minio-health.js';
import { hostProcess } from './process-host.js';
import { serverProgram } from './programs.js';
import type { HostRecipe, Place } from './recipe.js';
import { createScratchFolder } from './scratch-folder.js';
import type { ServerAccess } from './server.js';
import { serverFile, serverFolder } from './unprivileged.js';

/** An S3 server. `user` and `password` are the access key and the secret key of its owner, `url` is the endpoint. */
export interface MinioServer extends Omit<ServerAccess, 'space'>, AsyncDisposable {
  /** Any will do. */
  readonly region: string;
  /** Ends it in order; nothing listens on its port until `restart`. Nothing happens where it is ended already. */
  stop(): Promise<void>;
  /** Ends it at once by SIGKILL. */
  kill(): Promise<void>;
  /** Stops it by SIGSTOP: connections stay open and nothing answers, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /**
   * Starts it again on the same port and data, and waits until it answers. One that runs is ended in order before. With `revoked` it knows
   * another owner, and refuses every call that is signed with `user` and `password`, until it is started again without.
   */
  restart(options?: { readonly revoked?: boolean }): Promise<void>;
  /** The last of what it wrote to its log. */
  output(): Promise<string>;
}

export interface MinioOptions {
  /** It takes TLS alone, with a certificate for 127.0.0.1 and localhost of an authority made for it. Default: false. */
  readonly tls?: boolean;
  /** It has a key for encryption at rest (SSE-S3, and SSE-KMS by the key's name `holdfast-test`). Default: false. */
  readonly kms?: boolean;
  /** How long a start may take until it answers. Default: 60 s. */
  readonly readyTimeoutMs?: number;
}

/** Starts MinIO on a free port of 127.0.0.1, its data in a temporary folder that is gone after its disposal. */
export async function startMinio(options: MinioOptions = {}): Promise<MinioServer> {
  const contained = containersWanted(process.env['HOLDFAST_TEST_SERVERS']) && options.tls !== true;
  const timeoutMs = options.readyTimeoutMs ?? 60_000;
  let revoked = false;
  const recipe = minio(options.kms === true ? randomBytes(32) : undefined, () => revoked);
  await using cleanup = new AsyncDisposableStack();
  const scratch = cleanup.use(await createScratchFolder('minio'));
  const place = await choosePlace(recipe, scratch.path, { tls: options.tls ?? false });
  const host = cleanup.use(await (contained ? hostContainer : hostProcess)(recipe, place, [], timeoutMs));
  const start = (): Promise<void> => host.start(() => answersHealthy(place.owner));
  await start();
  const held = cleanup.move();
  const { space: _, ...owner } = place.owner;
  return {
    ...owner,
    region: 'us-east-1',
    stop: () => host.stop(),
    kill: () => host.kill(),
    pause: () => host.pause(),
    resume: () => host.resume(),
    async restart(how = {}) {
      if (contained && how.revoked === true)
        throw new Error('a container keeps its environment, and so the keys of its owner: unset HOLDFAST_TEST_SERVERS');
      await host.stop();
      revoked = how.revoked ?? false;
      await start();
    },
    output: () => host.output(),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

function minio(kmsKey: Buffer | undefined, isRevoked: () => boolean): HostRecipe {
  const environment = ({ user, password }: ServerAccess): Record<string, string> => ({
    MINIO_ROOT_USER: isRevoked() ? `not-${user}` : user,
    MINIO_ROOT_PASSWORD: password,
    // Neither its pages nor a look at its makers' site for a newer one.
    MINIO_BROWSER: 'off',
    MINIO_UPDATE: 'off',
    ...(kmsKey && { MINIO_KMS_SECRET_KEY: `holdfast-test:${kmsKey.toString('base64')}` }),
  });
  return {
    ownerName: 'holdfast',
    ownerSpace: '',
    stopSignal: 'SIGTERM',
    url: ({ host, port, caFile }) => `${caFile === undefined ? 'http' : 'https'}://${host}:${port}`,
    prepare: placeCertificates,
    command: ({ folder, owner }) => {
      const options = ['--address', `${owner.host}:${owner.port}`, '--certs-dir', certificatesFolder(folder)];
      return [serverProgram('minio'), 'server', ...options, join(folder, 'data')];
    },
    environment: ({ owner, folder }) => ({ ...environment(owner), HOME: folder }),
    container: { image: 'minio/minio', port: 9000, environment, command: ['server', '/data'] },
  };
}

/** It takes TLS where it finds a certificate under these names. */
async function placeCertificates({ folder, certificates }: Place): Promise<void> {
  const target = await serverFolder(certificatesFolder(folder));
  if (certificates === undefined) return;
  await copyFile(certificates.certificateFile, join(target, 'public.crt'));
  await serverFile(join(target, 'private.key'), await readFile(certificates.keyFile, 'utf8'));
}

function certificatesFolder(folder: string): string {
  return join(folder, 'certificates');
}
