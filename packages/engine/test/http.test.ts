import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('a command that asks nobody by HTTP does not load what does', () => {
  const engine = new URL('../dist/index.js', import.meta.url).href;
  const script = `await import('${engine}'); console.log(process.moduleLoadList.filter((name) => /NativeModule (http|internal.*undici)$/.test(name)))`;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '[]\n', status: 0 });
});
