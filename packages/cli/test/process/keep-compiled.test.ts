import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-compiled-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function load(cache: string): number | null {
  const program = new URL('../../dist/process/keep-compiled.js', import.meta.url).href;
  const script = `process.umask(0); (await import('${program}')).keepCompiled('${cache}'); await import('node:path'); await import('${program}?again');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script]).status;
}

test('what was compiled is kept in a folder that is nobody else’s to write', () => {
  const cache = join(folder, 'made', 'cache');
  expect(load(cache)).toBe(0);
  expect(statSync(cache).mode & 0o777).toBe(0o700);
  expect(readdirSync(cache, { recursive: true }).length).toBeGreaterThan(1);
});

test('a folder that cannot be made is done without', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(load(join(folder, 'file', 'cache'))).toBe(0);
});
