import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resourceState, type ResourceRecord } from '@holdfast/core/provision';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-state-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const record: ResourceRecord = { kind: 'security-group', name: 'holdfast-a', status: 'made', id: 'sg-1', facts: { vpc: 'vpc-1' } };

test('a record comes back, in files for their owner alone', async () => {
  const state = resourceState(join(folder, 'a'));
  expect(await state.read('group')).toBeUndefined();
  expect(await state.list()).toEqual([]);
  await state.write('group', { kind: 'security-group', name: 'holdfast-a', status: 'intended' });
  await state.write('group', record);
  expect(await resourceState(join(folder, 'a')).list()).toEqual([{ key: 'group', record }]);
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'a', 'group.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'a'))).toEqual(['group.json']);
});

test('the directory goes with its last record, and with what a kill left of a write', async () => {
  const state = resourceState(join(folder, 'a'));
  await Promise.all([state.write('one', record), state.write('two', record)]);
  await writeFile(join(folder, 'a', '.new-left'), '{"ver');
  await state.forget('one');
  expect((await state.list()).map(({ key }) => key)).toEqual(['two']);
  await state.forget('two');
  await state.forget('two');
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['{"version":1,', 'no JSON'],
  ['{"version":2,"kind":"a","name":"b","status":"made"}', 'no record that this version'],
  ['{"version":1,"kind":"a","name":"b","status":"made","later":1}', 'no record that this version'],
])('a file that says %s is refused by name and left as it is', async (text, words) => {
  const state = resourceState(folder);
  const path = join(folder, 'group.json');
  await writeFile(path, text);
  await expect(state.read('group')).rejects.toMatchObject({
    code: 'HF_PROVISION_STATE',
    kind: 'corrupt',
    context: { path },
    message: expect.stringContaining(words) as string,
  });
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('a directory that takes no file says so, and keeps what it has', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(resourceState(join(folder, 'file', 'a')).write('group', record)).rejects.toMatchObject({
    code: 'HF_PROVISION_STATE',
    kind: 'unavailable',
  });
});

test('a key cannot leave the directory', async () => {
  await expect(resourceState(folder).write('../group', record)).rejects.toThrow(RangeError);
});
