import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastOf } from '../servers/server-process.js';
import { type DockerDaemon, startDaemon } from './docker-daemon.js';
import { importImage } from './docker-image.js';
import type { DockerNode, DockerOptions } from './docker-node.js';
import { createNetwork } from './node-network.js';
import { dockerPrograms } from './programs.js';
import { runCommand } from './run-command.js';

const clearing = fileURLToPath(new URL('../../src/docker/clear-node.sh', import.meta.url));

/** Starts a Docker that is this test's alone. Needs root. Rejects with the end of the daemon's log. */
export async function startDocker(options: DockerOptions = {}): Promise<DockerNode> {
  const programs = dockerPrograms();
  // Short: a socket's path has at most 107 bytes.
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-docker-'));
  const group = basename(folder);
  const janitor = spawn('/bin/sh', [clearing, 'watch', folder, group], { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  await once(janitor, 'spawn');
  const gone = once(janitor, 'exit').then(() => janitor.exitCode);
  const remove = async (): Promise<void> => {
    janitor.stdin.end();
    if ((await gone) !== 0) throw new Error(`a test's Docker could not be removed whole: ${folder}`);
  };
  try {
    return await nodeIn(folder, group, programs, options, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

async function nodeIn(folder: string, group: string, programs: string, options: DockerOptions, remove: () => Promise<void>): Promise<DockerNode> {
  const socket = join(folder, 'docker.sock');
  const environment = {
    PATH: `${programs}:${process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin'}`,
    DOCKER_HOST: `unix://${socket}`,
    DOCKER_CONFIG: join(folder, 'client'),
    HOME: folder,
  };
  await mkdir(environment.DOCKER_CONFIG);
  await writeFile(join(folder, 'daemon.json'), JSON.stringify(daemonConfig(folder, group, socket, options), undefined, 2));
  const prefix = options.network === 'own' ? await createNetwork(programs, folder) : [];
  const start = (): Promise<DockerDaemon> => startDaemon({ folder, programs, environment, prefix });
  let daemon: DockerDaemon | undefined = await start();
  const node: DockerNode = {
    folder,
    socket,
    environment,
    runtimeRoot: join(folder, 'exec/runtime-runc/moby'),
    tryDocker: (parameters, each) => runCommand(['docker', ...parameters], { environment, ...each }),
    async docker(parameters, each) {
      const { status, stdout, stderr } = await node.tryDocker(parameters, each);
      if (status !== 0) throw new Error(`docker ${parameters.join(' ')} ended with ${status}: ${stderr}${stdout}`);
      return stdout.replace(/\n$/, '');
    },
    importImage: (name, content) => importImage(node, programs, name, content),
    inNetwork: (command) => [...prefix, ...command],
    async killDaemon() {
      await daemon?.kill();
      daemon = undefined;
      // containerd died with it. Where nobody waits for such orphans its number is still taken, and the next daemon would wait for it.
      await rm(join(folder, 'exec/containerd/containerd.pid'), { force: true });
    },
    async stopDaemon() {
      await daemon?.stop();
      daemon = undefined;
    },
    async startDaemon() {
      daemon ??= await start();
    },
    async kill() {
      const { status, stderr } = await runCommand(['/bin/sh', clearing, 'kill', folder, group]);
      if (status !== 0) throw new Error(stderr);
      await node.killDaemon();
    },
    log: () => lastOf(join(folder, 'dockerd.log')),
    [Symbol.asyncDispose]: remove,
  };
  return node;
}

function daemonConfig(folder: string, group: string, socket: string, { runtimes = {}, config = {}, network = 'shared' }: DockerOptions): unknown {
  return {
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'exec'),
    pidfile: join(folder, 'docker.pid'),
    hosts: [`unix://${socket}`],
    'cgroup-parent': `/${group}`,
    'storage-driver': 'overlay2',
    runtimes: Object.fromEntries(Object.entries(runtimes).map(([name, path]) => [name, { path }])),
    ...(network === 'own' ? {} : { bridge: 'none', iptables: false, ip6tables: false, 'ip-forward': false }),
    ...config,
  };
}
