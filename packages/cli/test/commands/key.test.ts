import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPlace } from '@holdfast/engine';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fakeDeployment } from '../support/fake-deployment.js';
import { runLine } from '../support/run-line.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-cli-key-'));
});

afterAll(() => rm(directory, { recursive: true }));

test('generate writes a key that is taken, another each time, for its owner only, and prints none of it', async () => {
  const [one, two] = [join(directory, 'one'), join(directory, 'two')];
  const { status, stdout, stderr } = await runLine(['key', 'generate', one]);
  const json = await runLine(['key', 'generate', two, '--json']);
  expect([status, json.status]).toEqual([0, 0]);
  const [first, second] = [await readFile(one), await readFile(two)];
  expect(first.toString()).toMatch(/^[0-9a-f]{64}\n$/);
  expect(first.equals(second)).toBe(false);
  expect((await stat(one)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(json.stdout)).toEqual({ file: two });
  expect(stdout).toContain(one);
  expect(stdout + stderr + json.stdout).not.toContain(first.toString().slice(0, 8));
});

test('generate overwrites nothing, and refuses what it cannot write', async () => {
  const path = join(directory, 'kept');
  await writeFile(path, 'something else');
  expect(await runLine(['key', 'generate', path])).toMatchObject({ status: 2, stderr: expect.stringContaining('never overwritten') as unknown });
  expect(await readFile(path, 'utf8')).toBe('something else');
  const nowhere = await runLine(['key', 'generate', join(directory, 'not', 'there'), '--json']);
  expect(JSON.parse(nowhere.stdout)).toMatchObject({ error: { code: 'HF_KEY_UNAVAILABLE' } });
  expect(await readdir(directory)).not.toContain('not');
});

test('change names where the new key is, and says whether the repository had it', async () => {
  const places: KeyPlace[] = [];
  const deployment = fakeDeployment({
    changeKey: (to) => {
      places.push(to);
      return Promise.resolve({ changed: places.length < 3 });
    },
  });
  const told = await runLine(['key', 'change', 'new'], { deployment });
  expect(told).toMatchObject({ status: 0, stdout: expect.stringContaining('has the new key') as unknown });
  const json = await runLine(['key', 'change', '--to-command', 'gpg -d k', '--json'], { deployment });
  expect(JSON.parse(json.stdout)).toEqual({ changed: true });
  expect(await runLine(['key', 'change', '/new'], { deployment })).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('already') as unknown,
  });
  expect(places).toEqual([{ file: '/jobs/here/new' }, { command: ['/bin/sh', '-c', 'gpg -d k'] }, { file: '/new' }]);
});

test.each([
  ['key'],
  ['key', 'generate'],
  ['key', 'change'],
  ['key', 'burn', 'x'],
  ['key', 'change', 'x', '--to-command', 'y'],
  ['key', 'generate', 'x', '--to-command', 'y'],
])('a line that is not whole is refused: %s %s %s %s', async (...line) => {
  expect(await runLine(line)).toMatchObject({ status: 2, stdout: '' });
});
