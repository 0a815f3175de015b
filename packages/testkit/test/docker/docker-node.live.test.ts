import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingDocker, startDocker } from '@holdfast/testkit/docker';

const missing = missingDocker();

describe.skipIf(missing !== undefined)(`a Docker of a test${missing === undefined ? '' : ` (${missing})`}`, () => {
  it('runs containers on images of this machine', async () => {
    await using node = await startDocker();
    await node.importImage('python', { python: true });
    expect(await node.docker(['run', '--rm', '--network', 'none', 'python', 'python3', '-c', 'import json, zlib; print(json.dumps([6 * 7]))'])).toBe(
      '[42]',
    );
    expect(
      (await node.tryDocker(['run', '--rm', '--network', 'none', '-i', 'python', 'sh', '-c', 'read line; exit $line'], { input: '7\n' })).status,
    ).toBe(7);
  });

  it('has a network of its own with a bridge', async () => {
    await using node = await startDocker({ network: 'own' });
    await node.importImage('base');
    expect(await node.docker(['run', '--rm', 'base', 'cat', '/proc/net/route'])).toContain('eth0');
    const [program = '', ...parameters] = node.inNetwork(['cat', '/proc/net/dev']);
    expect(program).toBe('nsenter');
    expect(parameters.at(-1)).toBe('/proc/net/dev');
    expect(await readFile('/proc/net/dev', 'utf8')).not.toContain('docker0');
  });

  it('goes on with the same containers after its daemon was killed, and loses all of them as a node does', async () => {
    await using node = await startDocker({ config: { 'live-restore': true } });
    await node.importImage('base');
    const id = await node.docker(['run', '-d', '--network', 'none', 'base', 'sleep', '1000']);
    const pid = Number(await node.docker(['inspect', '--format', '{{.State.Pid}}', id]));
    await node.killDaemon();
    expect(isAlive(pid)).toBe(true);
    await node.startDaemon();
    expect(await node.docker(['inspect', '--format', '{{.State.Pid}} {{.State.Running}}', id])).toBe(`${pid} true`);
    await node.kill();
    expect(isAlive(pid)).toBe(false);
  });

  it('leaves nothing on the machine, though a container is frozen', async () => {
    const node = await startDocker();
    await node.importImage('base');
    const id = await node.docker(['run', '-d', '--network', 'none', 'base', 'sleep', '1000']);
    await node.docker(['pause', id]);
    await node[Symbol.asyncDispose]();
    expect(existsSync(node.folder)).toBe(false);
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(node.folder);
    expect(readdirSync('/sys/fs/cgroup').filter((hierarchy) => existsSync(`/sys/fs/cgroup/${hierarchy}/${basename(node.folder)}`))).toEqual([]);
  });
});

/** One that has ended is not, though nobody has waited for it. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/exe`);
}
