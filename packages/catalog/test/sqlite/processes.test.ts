import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sqliteFixture } from './fixture.js';

const program = fileURLToPath(new URL('open-in-child.ts', import.meta.url));

test('of processes that open a new catalog and try for one lease at once, one gets it and all know who', { timeout: 90_000 }, async () => {
  await using fixture = await sqliteFixture();
  const attempts = ['a', 'b', 'c', 'd'];
  const run = promisify(execFile);
  const said = await Promise.all(attempts.map((attempt) => run(process.execPath, [program, fixture.path, attempt], { timeout: 60_000 })));
  expect(said.map(({ stderr }) => stderr).join('')).toBe('');
  const winner = attempts[said.findIndex(({ stdout }) => stdout === 'won')];
  expect(said.map(({ stdout }) => stdout)).toEqual(attempts.map((attempt) => (attempt === winner ? 'won' : `lost to ${winner}`)));
});
