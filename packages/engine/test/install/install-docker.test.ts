import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installDocker } from '../../src/install/install-docker.js';
import type { DockerInfo, InstallDockerOptions, InstallReport, MachineServices } from '../../src/install/types.js';
import { uninstallDocker } from '../../src/install/uninstall-docker.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'holdfast-install-'));
});
afterEach(() => rm(root, { recursive: true }));

const at = (path: string): string => join(root, path);
const read = (path: string): Promise<string> => readFile(at(path), 'utf8');
const daemonJson = 'etc/docker/daemon.json';
const launcher = '/usr/lib/holdfast/holdfast-runc';

function install(more: Partial<InstallDockerOptions> = {}): Promise<InstallReport> {
  return installDocker({
    root,
    defaultRuntime: false,
    launcher,
    runc: '/usr/sbin/runc',
    criu: undefined,
    program: ['/usr/bin/node', '/usr/lib/holdfast/main.js'],
    config: { storage: { type: 'local', path: '/mnt/shared' } },
    given: {},
    agentSocket: '/run/holdfast/agent.sock',
    ...more,
  });
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(at(path)), { recursive: true });
  await writeFile(at(path), text);
}

/** Every file of the tree, with its content. */
async function tree(): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  const content = (path: string): Promise<string> => readlink(path).catch(() => readFile(path, 'utf8'));
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path.slice(root.length + 1), await content(path)] as const)));
}

const did = ({ changes }: InstallReport): Readonly<Record<string, string>> =>
  Object.fromEntries(changes.map(({ file, did: what }) => [file.slice(root.length + 1), what]));

test('an empty machine gets all of it, and is empty again after uninstall', async () => {
  expect(did(await install({ defaultRuntime: true }))).toEqual({
    'etc/holdfast/holdfast.json': 'made',
    'etc/systemd/system/holdfast-agent.service': 'made',
    'etc/holdfast/runc.conf': 'made',
    [daemonJson]: 'made',
  });
  expect(JSON.parse(await read(daemonJson))).toEqual({ runtimes: { holdfast: { path: launcher } }, 'default-runtime': 'holdfast' });
  expect(await read('etc/holdfast/runc.conf')).toContain('\nrunc=/usr/sbin/runc\nsocket=/run/holdfast/agent.sock\nstate=/run/holdfast\n');
  expect(await readlink(at('etc/systemd/system/multi-user.target.wants/holdfast-agent.service'))).toBe('/etc/systemd/system/holdfast-agent.service');
  expect(JSON.parse(await read('etc/holdfast/holdfast.json'))).toEqual({ storage: { type: 'local', path: '/mnt/shared' } });
  expect((await stat(at('etc/holdfast/holdfast.json'))).mode % 0o1000).toBe(0o600);
  await uninstallDocker({ root });
  expect(await readdir(root)).toEqual([]);
});

test('a repeat changes nothing', async () => {
  await put(daemonJson, '{"debug": true}');
  await install({ defaultRuntime: true });
  const before = await tree();
  expect(new Set(Object.values(did(await install({ defaultRuntime: true }))))).toEqual(new Set(['left']));
  expect(await tree()).toEqual(before);
});

test('uninstall brings daemon.json back byte for byte, with its mode', async () => {
  await put(daemonJson, '{"debug":   true}');
  await chmod(at(daemonJson), 0o640);
  const before = await tree();
  await install();
  await install({ defaultRuntime: true });
  await uninstallDocker({ root });
  expect(await tree()).toEqual(before);
  expect((await stat(at(daemonJson))).mode % 0o1000).toBe(0o640);
});

test('what somebody changed since is kept, and told', async () => {
  await put(daemonJson, '{"debug": true}');
  await install();
  const changed = { ...(JSON.parse(await read(daemonJson)) as object), debug: false };
  await put(daemonJson, JSON.stringify(changed));
  await put('etc/holdfast/holdfast.json', '{"job": {"keep": 5}}');
  await install();
  const report = await uninstallDocker({ root });
  expect(report.changes.filter(({ reason }) => reason !== undefined)).toEqual([
    { file: at(daemonJson), did: 'changed', reason: 'it had been changed since: only the runtime was taken out' },
    { file: at('etc/holdfast/holdfast.json'), did: 'left', reason: 'it was changed since' },
  ]);
  expect(await tree()).toEqual({ [daemonJson]: '{\n  "debug": false\n}\n', 'etc/holdfast/holdfast.json': '{"job": {"keep": 5}}' });
});

test('a runtime that was there in the same words stays after uninstall', async () => {
  const text = JSON.stringify({ runtimes: { holdfast: { path: launcher } } });
  await put(daemonJson, text);
  await install();
  await uninstallDocker({ root });
  expect(await tree()).toEqual({ [daemonJson]: text });
});

test.each([
  [daemonJson, '{"runtimes": {"holdfast": {"path": "/opt/other"}}}'],
  [daemonJson, '{'],
  ['etc/systemd/system/holdfast-agent.service', '[Service]\nExecStart=/opt/other\n'],
  ['etc/systemd/system/multi-user.target.wants/holdfast-agent.service', 'a file'],
  ['etc/holdfast/runc.conf', 'runc=/opt/other\n'],
  ['etc/holdfast/holdfast.json', '{"storage": {"type": "local", "path": "/mnt/other"}}'],
  ['etc/holdfast/installed-docker.json', '{}'],
])('%s that says %j is refused, and nothing is changed', async (path, text) => {
  await put(path, text);
  const before = await tree();
  const given = { storage: { type: 'local', path: '/mnt/shared' } };
  await expect(install({ given })).rejects.toMatchObject({ code: 'HF_DOCKER_SETUP', context: { file: at(path) } });
  expect(await tree()).toEqual(before);
});

test('a daemon.json that is a link belongs to something else', async () => {
  await put('etc/docker/real.json', '{}');
  await symlink('real.json', at(daemonJson));
  await expect(install()).rejects.toThrow('is a symbolic link');
});

test('killed after any step, a repeat completes it, and uninstall finds back', async () => {
  await put(daemonJson, '{"debug":   true}');
  const before = await tree();
  await install();
  const whole = await tree();
  const made = Object.keys(whole).filter((path) => !path.endsWith('.before-holdfast') && path !== 'etc/holdfast/installed-docker.json');
  for (let kept = 0; kept < made.length; kept += 1) {
    for (const path of made.slice(kept)) {
      const text = before[path];
      await (text === undefined ? rm(at(path)) : put(path, text));
    }
    await install();
    expect(await tree()).toEqual(whole);
  }
  await uninstallDocker({ root });
  expect(await tree()).toEqual(before);
});

/** A Docker that reads its file again when it is told to, as the real one does: a default that is not named any more stays. */
function machine(isDockerRunning: boolean) {
  const calls: string[] = [];
  let info: DockerInfo = { defaultRuntime: 'runc', runtimes: ['runc'] };
  const reload = async (): Promise<void> => {
    const read: unknown = JSON.parse(await readFile(at(daemonJson), 'utf8').catch(() => '{}'));
    const { runtimes = {}, 'default-runtime': named = info.defaultRuntime } = read as { runtimes?: object; 'default-runtime'?: string };
    info = { defaultRuntime: named, runtimes: ['runc', ...Object.keys(runtimes)] };
    if (!info.runtimes.includes(named)) throw new Error(`the default runtime ${named} is gone`);
  };
  const services: MachineServices = {
    systemctl: async (...words) => {
      calls.push(words.join(' '));
      if (words[0] !== 'reload') return;
      if (!isDockerRunning) throw new Error('docker.service is not active');
      await reload();
    },
    dockerInfo: () => Promise.resolve(info),
  };
  return { calls, services, info: () => info };
}

test('services are told what changed, and nothing where nothing did', async () => {
  const { calls, services } = machine(true);
  expect((await install({ services })).services).toBe('told');
  expect(calls).toEqual(['daemon-reload', 'restart holdfast-agent.service', 'reload docker.service']);
  calls.length = 0;
  expect((await install({ services })).services).toBe('told');
  expect(calls).toEqual(['daemon-reload']);
  calls.length = 0;
  expect((await uninstallDocker({ root, services })).services).toBe('told');
  expect(calls).toEqual(['reload docker.service', 'disable --now holdfast-agent.service', 'daemon-reload']);
});

test('a Docker that does not run is told by its next start', async () => {
  const { services } = machine(false);
  expect((await install({ services, defaultRuntime: true })).services).toBe('docker-not-told');
  expect((await uninstallDocker({ root, services })).services).toBe('docker-not-told');
  expect(await readdir(root)).toEqual([]);
});

test('a running Docker has its own default again before the runtime goes', async () => {
  await put(daemonJson, '{"debug":   true}');
  const before = await tree();
  const { services, info } = machine(true);
  await install({ services, defaultRuntime: true });
  expect(info().defaultRuntime).toBe('holdfast');
  expect((await uninstallDocker({ root, services })).services).toBe('told');
  expect(info()).toEqual({ defaultRuntime: 'runc', runtimes: ['runc'] });
  expect(await tree()).toEqual(before);
});

test('killed between the two, uninstall still finds back', async () => {
  await put(daemonJson, '{"debug":   true}');
  const before = await tree();
  const { services } = machine(true);
  await install({ services, defaultRuntime: true });
  const killed = { ...services, dockerInfo: () => Promise.reject(new Error('killed')) };
  await expect(uninstallDocker({ root, services: killed })).rejects.toThrow('killed');
  expect(JSON.parse(await read(daemonJson))).toMatchObject({ 'default-runtime': 'runc' });
  expect((await uninstallDocker({ root, services })).services).toBe('told');
  expect(await tree()).toEqual(before);
});

test('where nothing is installed nothing is undone', async () => {
  await put(daemonJson, '{"runtimes": {"holdfast": {"path": "/opt/other"}}}');
  const before = await tree();
  expect(await uninstallDocker({ root })).toEqual({ changes: [], services: 'untouched' });
  expect(await tree()).toEqual(before);
});
