import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bootFragment } from '../src/boot-fragment.js';
import { aConfig, aSection } from './support/a-config.js';

const unit = 'holdfast-storage-snapshots.service';

interface Node extends AsyncDisposable {
  readonly folder: string;
  /** Runs the fragment as user data does; gives its status. */
  userData(): Promise<number>;
  /** Runs a line of the unit as systemd would; gives its status. */
  systemd(setting: 'ExecStart' | 'ExecStop'): Promise<number>;
  /** What is at a path of the machine. */
  read(path: string): Promise<string>;
  calls(): Promise<string>;
}

/** A machine in a folder: programs of the test's own on its path, its /etc and /run there. Its systemctl starts a unit by running its line. */
async function machine(holdfast: string, { systemd }: { readonly systemd: boolean }): Promise<Node> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-boot-'));
  const bin = join(folder, 'bin');
  const run = (script: string, ...args: readonly string[]): Promise<number> =>
    new Promise((resolve) => {
      execFile('/bin/sh', ['-eu', '-c', script, 'sh', ...args], { env: { PATH: `${bin}:/usr/bin:/bin` } }, (error) =>
        resolve(typeof error?.code === 'number' ? error.code : 0),
      );
    });
  const program = async (name: string, script: string): Promise<void> => {
    await writeFile(join(bin, name), `#!/bin/sh\necho "${name} $*" >>'${folder}/calls'\n${script.replaceAll('FOLDER', folder)}\n`);
    await chmod(join(bin, name), 0o755);
  };
  const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8').catch(() => '');
  await Promise.all(
    ['bin', 'etc/systemd/system', ...(systemd ? ['run/systemd/system'] : [])].map((path) => mkdir(join(folder, path), { recursive: true })),
  );
  await program('holdfast', holdfast);
  await program('sleep', '');
  await program('systemctl', `[ "$1" != start ] || eval "$(sed -n 's/^ExecStart=//p' "FOLDER/etc/systemd/system/$2")"`);
  const fragment = bootFragment(aConfig(), aSection()).replaceAll(/\/etc\/|\/run\/systemd/gu, (path) => folder + path);
  return {
    folder,
    userData: () => run(fragment),
    systemd: async (setting) => run(new RegExp(`^${setting}=(.*)$`, 'mu').exec(await read(`etc/systemd/system/${unit}`))?.[1] ?? 'exit 99'),
    read,
    calls: () => read('calls'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

test.each([true, false])(
  'the volume is attached by the configuration as it was written, and tried again until it is (systemd: %s)',
  async (systemd) => {
    await using node = await machine('[ "$(grep -c ^holdfast FOLDER/calls)" -ge 3 ]', { systemd });
    expect(await node.userData()).toBe(0);
    const calls = await node.calls();
    expect(calls.match(/^holdfast storage attach --config /gmu)).toHaveLength(3);
    expect(JSON.parse(await node.read('etc/holdfast/storage-snapshots.json'))).toEqual({ storage: aSection() });
    expect(calls).not.toContain('mask');
    // Once more it does no harm.
    expect(await node.userData()).toBe(0);
  },
);

test.each([true, false])('where it does not come the machine takes no jobs, and the boot stops (systemd: %s)', async (systemd) => {
  await using node = await machine('exit 1', { systemd });
  expect(await node.userData()).toBe(1);
  const calls = await node.calls();
  expect(calls.match(/^holdfast/gmu)).toHaveLength(20);
  expect(calls).toContain('systemctl mask --runtime --now ecs.service');
});

test('after a reboot, when user data does not run, it is attached before Docker and the ECS agent, which does not start without it', async () => {
  await using node = await machine('', { systemd: true });
  expect(await node.userData()).toBe(0);
  expect(await node.calls()).toContain(`systemctl enable ${unit}`);
  const text = await node.read(`etc/systemd/system/${unit}`);
  expect(text).toMatch(/^Before=docker\.service ecs\.service$/mu);
  // Else systemd ends the client with the command that started it.
  expect(text).toMatch(/^RemainAfterExit=yes$/mu);
  expect(text).toMatch(/^WantedBy=multi-user\.target$/mu);
  const agent = await node.read('etc/systemd/system/ecs.service.d/holdfast-storage-snapshots.conf');
  expect(agent).toBe(`[Unit]\nRequires=${unit}\nAfter=${unit}\n`);
  const before = (await node.calls()).length;
  expect(await node.systemd('ExecStart')).toBe(0);
  expect((await node.calls()).slice(before)).toMatch(/^holdfast storage attach --config \S+storage-snapshots\.json\n$/u);
  expect(await node.systemd('ExecStop')).toBe(0);
  expect(await node.calls()).toMatch(/holdfast storage detach --config \S+storage-snapshots\.json\n$/u);
});

test('a unit whose volume does not come has failed, after its tries', async () => {
  await using node = await machine('[ ! -e FOLDER/away ]', { systemd: true });
  expect(await node.userData()).toBe(0);
  await writeFile(join(node.folder, 'away'), '');
  const before = (await node.calls()).length;
  expect(await node.systemd('ExecStart')).toBe(1);
  expect((await node.calls()).slice(before).match(/^holdfast storage attach/gmu)).toHaveLength(20);
});
