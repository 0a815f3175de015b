import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DockerNode, missingDocker, startDocker } from '@holdfast/testkit/docker';
import { describe, expect, test } from 'vitest';
import { installDocker } from '../../src/install/install-docker.js';
import { dockerInfo } from '../../src/install/services.js';
import type { MachineServices } from '../../src/install/types.js';
import { uninstallDocker } from '../../src/install/uninstall-docker.js';

const missing = missingDocker();

/** Services of a machine whose /etc is a tree, and whose Docker is the test's. */
function servicesOf(root: string, docker: DockerNode): MachineServices {
  return {
    dockerInfo: () => dockerInfo(docker.socket),
    systemctl: async (...words) => {
      if (words.join(' ') !== 'reload docker.service') return;
      await writeFile(join(docker.folder, 'daemon.json'), await readFile(join(root, 'etc/docker/daemon.json')));
      process.kill(Number(await readFile(join(docker.folder, 'docker.pid'), 'utf8')), 'SIGHUP');
    },
  };
}

describe.skipIf(missing !== undefined)(`Docker itself${missing === undefined ? '' : ` (${missing})`}`, () => {
  test('takes what install writes without a restart, runs containers through it, and runs them as before after uninstall', async () => {
    const root = await mkdtemp(join(tmpdir(), 'holdfast-install-'));
    await using docker = await startDocker();
    await docker.importImage('base');
    await mkdir(join(root, 'etc/docker'), { recursive: true });
    await writeFile(join(root, 'etc/docker/daemon.json'), await readFile(join(docker.folder, 'daemon.json')));
    const runtimes = (): Promise<string> => docker.docker(['info', '--format', '{{.DefaultRuntime}} {{json .Runtimes}}']);
    // Not in the tree, whose machine is another one, nor where nothing stays.
    const place = await mkdtemp(join(process.env['HOLDFAST_NATIVE'] ?? '', '..', 'install-'));
    const launcher = join(place, 'holdfast-runc');
    const runc = await realpath(join(process.env['HOLDFAST_DOCKER'] ?? '', 'runc'));
    await copyFile(join(process.env['HOLDFAST_NATIVE'] ?? '', 'holdfast-runc'), launcher);
    const services = servicesOf(root, docker);
    const installed = await installDocker({
      root,
      defaultRuntime: true,
      launcher,
      runc,
      criu: undefined,
      program: ['/usr/bin/node', '/usr/lib/holdfast/main.js'],
      config: {},
      given: {},
      agentSocket: join(root, 'no-agent.sock'),
      services,
    });
    expect(installed.services).toBe('told');
    // Of another tree the launcher reads the file beside it.
    await copyFile(join(root, 'etc/holdfast/runc.conf'), `${launcher}.conf`);
    expect(await runtimes()).toContain(`holdfast {"holdfast":{"path":"${launcher}"}`);
    const container = await docker.docker(['run', '-d', '--network', 'none', 'base', 'sh', '-c', 'echo through']);
    expect(await docker.docker(['wait', container])).toBe('0');
    expect(await docker.docker(['inspect', '--format', '{{.HostConfig.Runtime}}', container])).toBe('holdfast');
    expect(await docker.docker(['logs', container])).toBe('through');
    expect((await uninstallDocker({ root, services })).services).toBe('told');
    // A reload loses Docker's further names for its own runtime, whatever the file says.
    expect(await runtimes()).toBe('runc {"runc":{"path":"runc"}}');
    expect(await docker.docker(['run', '--rm', '--network', 'none', 'base', 'echo', 'as before'])).toBe('as before');
    for (const folder of [root, place]) await rm(folder, { recursive: true });
  });
});
