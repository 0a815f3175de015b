import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { local } from '@holdfast/driver-local';
import { assertRejects } from '@holdfast/testkit/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';

let base = '';
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'hf-driver-local-'));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const driverOf = (path: string) => local().create({ type: 'local', path });

test('the directory and its missing parents are the owner’s alone', async () => {
  await driverOf(join(base, 'parent', 'storage')).provision();
  for (const path of ['parent', 'parent/storage']) expect((await stat(join(base, path))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(base, 'parent'))).toEqual(['storage']);
});

test('what a killed provision left is taken up and cleaned up', async () => {
  await mkdir(join(base, '.storage.holdfast-new'));
  const driver = driverOf(join(base, 'storage'));
  expect((await driver.inspect()).state).toBe('absent');
  await driver.provision();
  expect(await readdir(base)).toEqual(['storage']);
  await mkdir(join(base, '.storage.holdfast-new'));
  await driver.destroy();
  expect(await readdir(base)).toEqual([]);
});

test('a directory that was there is used, and never removed', async () => {
  const path = join(base, 'mine');
  await mkdir(path, { mode: 0o700 });
  const driver = driverOf(path);
  expect((await driver.plan()).upToDate).toBe(true);
  await driver.provision();
  await driver.destroy();
  expect(await readdir(base)).toEqual(['mine']);
  await writeFile(join(path, 'precious'), '');
  const error = await assertRejects(driver.destroy({ force: true }), { code: 'HF_STORAGE_NOT_EMPTY', kind: 'conflict' });
  expect(error.message).toContain('was there before Holdfast');
  expect(await readdir(path)).toEqual(['precious']);
});

test('destroy names what it found, and no link is followed', async () => {
  const outside = join(base, 'outside');
  await mkdir(outside);
  await writeFile(join(outside, 'precious'), '');
  const path = join(base, 'storage');
  const driver = driverOf(path);
  await driver.provision();
  await symlink(outside, join(path, 'link'));
  const error = await assertRejects(driver.destroy(), { kind: 'conflict' });
  expect(error.message).toContain('link');
  await driver.destroy({ force: true });
  expect(await readdir(outside)).toEqual(['precious']);
});

test('a probe that was killed leaves nothing that stands in the way', async () => {
  const path = join(base, 'storage');
  const driver = driverOf(path);
  await driver.provision();
  await writeFile(join(path, '.holdfast-probe-0011'), 'holdfast');
  await driver.destroy();
  expect(await readdir(base)).toEqual([]);
});

test('health and attach leave nothing in the directory', async () => {
  const path = join(base, 'storage');
  const driver = driverOf(path);
  await driver.provision();
  const before = await readdir(path);
  await using attached = await driver.attach();
  await attached.health();
  expect(await readdir(path)).toEqual(before);
});

test('a file, and a path below a file, are refused as no directory', async () => {
  const path = join(base, 'file');
  await writeFile(path, 'precious');
  for (const wrong of [path, join(path, 'below')]) {
    const driver = driverOf(wrong);
    for (const call of [() => driver.attach(), () => driver.provision(), () => driver.plan()]) {
      const error = await assertRejects(call, { code: 'HF_STORAGE_NOT_DIRECTORY', kind: 'invalid-argument' });
      expect(error.message).toContain(`'${wrong}'`);
    }
    expect(await driver.inspect()).toMatchObject({ state: 'failed' });
  }
  expect((await stat(path)).size).toBe(8);
});

test('a directory that every user can write is refused', async () => {
  const path = join(base, 'open');
  await mkdir(path);
  await chmod(path, 0o1777);
  const error = await assertRejects(driverOf(path).attach(), { code: 'HF_STORAGE_PERMISSION', kind: 'permission' });
  expect(error.message).toContain('mode 1777');
});

test.runIf(process.getuid?.() === 0)('a directory of another user is refused (only root can make one)', async () => {
  const path = join(base, 'theirs');
  await mkdir(path, { mode: 0o700 });
  await chown(path, 12_345, 12_345);
  const error = await assertRejects(driverOf(path).attach(), { code: 'HF_STORAGE_PERMISSION', kind: 'permission' });
  expect(error.message).toContain('belongs to user 12345');
  expect(await readdir(path)).toEqual([]);
});

test('the boot fragment makes the directory, twice is harmless, and a failure stops the boot', async () => {
  const run = promisify(execFile);
  const path = join(base, "it's a", 'storage');
  const fragment = driverOf(path).bootFragment();
  for (const _ of [1, 2]) await run('/bin/sh', ['-euc', fragment]);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await writeFile(join(base, 'file'), '');
  await expect(run('/bin/sh', ['-c', `${driverOf(join(base, 'file', 'below')).bootFragment()}\necho on`])).rejects.toMatchObject({
    code: 1,
    stdout: '',
  });
});
