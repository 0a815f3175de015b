import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runLine } from '../support/run-line.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-install-'));
});
afterEach(() => rm(root, { recursive: true }));

const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(root, path), 'utf8'));

test('install writes what the line says into the tree, uninstall takes it back', async () => {
  const line = ['install', 'docker', '--root', root, '--storage', '/mnt/shared', '--default-runtime'];
  const environment = { HOLDFAST_NATIVE: '/opt/holdfast', HOLDFAST_RUNC: '/opt/runc' };
  const { status, stdout, stderr } = await runLine(line, { environment });
  expect(status).toBe(0);
  // What is at these paths of this machine is not in that one's tree.
  for (const missing of ['/opt/holdfast/holdfast-runc', '/opt/holdfast', '/opt/runc', '/usr/bin/node', '/usr/lib/holdfast/main.js'])
    expect(stderr).toContain(`${missing} (`);
  expect(stderr.trimEnd().split('\n')).toHaveLength(5);
  expect(stdout).toContain(`made     ${root}/etc/docker/daemon.json\n`);
  expect(stdout).toContain(
    'no service was touched: Docker and the agent read this when they start; without systemd start the agent by hand (holdfast agent)\n',
  );
  expect(await read('etc/docker/daemon.json')).toEqual({
    runtimes: { holdfast: { path: '/opt/holdfast/holdfast-runc' } },
    'default-runtime': 'holdfast',
  });
  expect(await read('etc/holdfast/holdfast.json')).toEqual({
    storage: { type: 'local', path: '/mnt/shared' },
    tools: { native: '/opt/holdfast', runc: '/opt/runc' },
  });
  expect(await readFile(join(root, 'etc/systemd/system/holdfast-agent.service'), 'utf8')).toContain(
    'ExecStart=/usr/bin/node /usr/lib/holdfast/main.js agent --config /etc/holdfast/holdfast.json\n',
  );
  const undone = await runLine(['uninstall', 'docker', '--root', root, '--json']);
  expect(JSON.parse(undone.stdout)).toMatchObject({ services: 'untouched' });
  expect(await readdir(root)).toEqual([]);
  expect((await runLine(['uninstall', 'docker', '--root', root])).stdout).toBe('nothing is installed here\n');
});

test('where no storage is named it is this machine’s own, and that is said', async () => {
  const { status, stderr } = await runLine(['install', 'docker', '--root', root]);
  expect(status).toBe(0);
  expect(stderr).toContain("the storage is this machine's own");
  expect(await read('etc/holdfast/holdfast.json')).toEqual({ storage: { type: 'local', path: '/var/lib/holdfast/storage' } });
});

test('a file that --config names is what is installed', async () => {
  const config = { storage: { type: 'local', path: '/mnt/shared' }, agent: { namespace: 'team-a', socket: '/run/x.sock' } };
  await writeFile(join(root, 'mine.json'), JSON.stringify(config));
  expect((await runLine(['install', 'docker', '--root', join(root, 'tree'), '--config', join(root, 'mine.json')])).status).toBe(0);
  expect(await read('tree/etc/holdfast/holdfast.json')).toEqual(config);
  expect(await readFile(join(root, 'tree/etc/holdfast/runc.conf'), 'utf8')).toContain('\nsocket=/run/x.sock\n');
});

test('an installation that would be gone after a boot is refused by name, and nothing is written', async () => {
  const { status, stderr } = await runLine(['install', 'docker', '--root', root], { environment: { HOLDFAST_NATIVE: '/tmp/holdfast' } });
  expect(status).toBe(3);
  expect(stderr).toContain('/tmp/holdfast/holdfast-runc is the launcher, and lies below /tmp');
  expect(await readdir(root)).toEqual([]);
});

test('another storage than the one that is installed is refused', async () => {
  await runLine(['install', 'docker', '--root', root, '--storage', '/mnt/shared']);
  const { status, stderr } = await runLine(['install', 'docker', '--root', root, '--storage', '/mnt/other']);
  expect(status).toBe(3);
  expect(stderr).toContain(`${root}/etc/holdfast/holdfast.json says something else than this line`);
  expect((await runLine(['install', 'docker', '--root', root])).status).toBe(0);
});

test.each([
  [['install'], 2],
  [['install', 'podman'], 2],
  [['uninstall', 'podman'], 2],
  [['install', 'docker', '--root', ''], 2],
])('%j is no line', async (line, expected) => {
  const { status, stderr } = await runLine(line);
  expect(status).toBe(expected);
  expect(stderr).not.toBe('');
});
