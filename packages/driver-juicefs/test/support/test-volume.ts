import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { AttachedStorage, StorageDriver } from '@holdfast/core';
import { juicefs } from '@holdfast/driver-juicefs';
import { s3Buckets } from '@holdfast/driver-juicefs/aws-sdk';
import type { MinioServer, ServerAccess, TestServer } from '@holdfast/testkit/servers';

export interface VolumeChoices {
  /** Added to the configuration, section by section. */
  readonly more?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Added to the variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A volume of its own on servers that tests share, with two mount points of its own. */
export interface TestVolume extends AsyncDisposable {
  readonly name: string;
  readonly bucket: string;
  /** Of the metadata engine. */
  readonly url: string;
  /** Gone with it: mount points, caches, logs, notes. */
  readonly base: string;
  driver(choices?: VolumeChoices): StorageDriver;
  /** As another machine would have it. */
  elsewhere(choices?: VolumeChoices): StorageDriver;
  readonly secrets: readonly string[];
}

let databases = 0;

export async function testVolume(server: TestServer, minio: MinioServer): Promise<TestVolume> {
  const base = await mkdtemp(join(tmpdir(), 'hf-juicefs-'));
  const id = randomBytes(6).toString('hex');
  const name = `volume-${id}`;
  const bucket = `bucket-${id}`;
  const { url, access, end } = await metadataOf(server);
  const attachments: AttachedStorage[] = [];
  const make = (machine: string, { more = {}, environment = {} }: VolumeChoices = {}): StorageDriver => {
    const variables = {
      ...process.env,
      HOLDFAST_STORAGE_PASSWORD: access.password,
      AWS_ACCESS_KEY_ID: minio.user,
      AWS_SECRET_ACCESS_KEY: minio.password,
      ...environment,
    };
    const driver = juicefs({ environment: variables, buckets: s3Buckets() }).create({
      type: 'juicefs',
      name,
      bucket: { name: bucket, region: minio.region, endpoint: minio.url, ...more['bucket'] },
      metadata: { url, ...more['metadata'] },
      format: { blockSize: '4MiB', ...more['format'] },
      mount: {
        path: join(base, machine, 'mount'),
        cacheDirectories: [join(base, machine, 'cache')],
        cacheSize: '256MiB',
        bufferSize: '64MiB',
        logFile: join(base, machine, 'log'),
        ...more['mount'],
      },
      stateDirectory: join(base, machine, 'state'),
    });
    const attach: StorageDriver['attach'] = async (options) => {
      const attached = await driver.attach(options);
      attachments.push(attached);
      return attached;
    };
    return { ...driver, attach };
  };
  return {
    name,
    bucket,
    url,
    base,
    driver: (choices) => make('here', choices),
    elsewhere: (choices) => make('elsewhere', choices),
    secrets: [access.password, minio.password],
    [Symbol.asyncDispose]: async () => {
      // One that is left attached would mount the volume anew once its client is gone.
      await Promise.race([Promise.allSettled(attachments.map((attached) => attached.detach())), sleep(10_000)]);
      for (const pid of await clientsBelow(base)) signal(pid, 'SIGKILL');
      await unmountBelow(base);
      await end();
      await rm(base, { recursive: true, force: true });
    },
  };
}

async function metadataOf(server: TestServer): Promise<{ url: string; access: ServerAccess; end: () => Promise<void> }> {
  if (server.kind === 'redis' || server.kind === 'valkey') {
    // JuiceFS takes the whole of a numbered database.
    databases = (databases % 15) + 1;
    const number = databases;
    const end = async (): Promise<void> => void (await server.query(`SELECT ${number}\nFLUSHDB`));
    await end();
    return { url: `redis://${server.user}@${server.host}:${server.port}/${number}`, access: server, end };
  }
  const access = await server.fresh();
  const scheme = server.kind === 'postgres' ? 'postgres' : 'mysql';
  return { url: `${scheme}://${access.user}@${access.host}:${access.port}/${access.space}`, access, end: async () => {} };
}

/** Numbers of the client's processes of every mount below a folder, as its log tells them: in /proc its arguments are cut. */
export async function clientsBelow(folder: string): Promise<readonly number[]> {
  const logs = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name, 'log'), 'utf8').catch(() => '')));
  const pids = new Set(logs.flatMap((log) => [...log.matchAll(/juicefs\[(\d+)\]/gu)].map(([, pid]) => Number(pid))));
  const lines = await Promise.all([...pids].map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')] as const));
  return lines.filter(([, line]) => line.includes('juicefs')).map(([pid]) => pid);
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone.
  }
}

export async function unmountBelow(folder: string): Promise<void> {
  for (;;) {
    const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
    const path = lines.map((line) => line.split(' ')[4] ?? '').findLast((each) => each.startsWith(`${folder}/`));
    if (path === undefined) return;
    await promisify(execFile)('umount', ['-l', path]);
  }
}
