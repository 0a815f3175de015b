import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runLine } from '../support/run-line.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-catalog-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const described = async (value: unknown): Promise<string> => {
  const file = join(folder, 'team.json');
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
};

test.each(['provision', 'deprovision'])('catalog %s without FILE says how one is written', async (action) => {
  const { status, stderr } = await runLine(['catalog', action]);
  expect(status).toBe(2);
  expect(stderr).toContain(`catalog ${action} needs the FILE`);
  expect(stderr).toContain('rdsPostgres');
});

test.each([
  ['{"name": ', 'describes no database'],
  ['[]', 'it holds no JSON object'],
  [{ name: 7, memorydb: {} }, "'name' is no text"],
  [{ memorydb: {} }, "it has no 'name'"],
  [{ name: 'Team', memorydb: {} }, "'Team' cannot name databases of AWS"],
  [{ name: 'team' }, 'names no service that is known'],
  [{ name: 'team', elasticache: { serverless: true } }, 'evicts keys when it is full'],
  [{ name: 'team', rdsPostgres: { subnets: ['subnet-0a', 'subnet-0b'] } }, 'nobody could connect'],
])('what FILE says is refused by name before AWS is asked: %j', async (value, words) => {
  const file = await described(value);
  const { status, stdout } = await runLine(['catalog', 'provision', file, '--json']);
  expect(status).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'HF_CONFIG', message: expect.stringContaining(words) as string } });
  expect(stdout).toContain(file.replace('/team.json', ''));
});

test.each([
  ['a FILE', ['catalog', 'rebuild', 'team.json']],
  ['--yes', ['catalog', 'rebuild', '--yes']],
  ['--dry-run', ['catalog', 'rebuild', '--dry-run']],
])('catalog rebuild takes no %s', async (_what, line) => {
  const { status, opened } = await runLine(line);
  expect(status).toBe(2);
  expect(opened).toEqual([]);
});
