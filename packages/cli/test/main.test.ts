import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const main = resolve(import.meta.dirname, '../lib/main.js');

function holdfast(...argv: readonly string[]) {
  return spawnSync(process.execPath, [main, ...argv], { encoding: 'utf8', timeout: 60_000 });
}

test('the compiled command shows its help', () => {
  const { status, stdout, stderr } = holdfast('--help');
  expect([status, stderr]).toEqual([0, '']);
  for (const command of ['run', 'list', 'show', 'verify', 'snapshot', 'prune', 'fork', 'doctor', 'completion'])
    expect(stdout).toContain(`  ${command} `);
  expect(stdout).not.toContain('__complete');
});

test('the compiled command tells its version', () => {
  expect(holdfast('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^holdfast \d+\.\d+\.\d+\n$/u) as unknown });
});

test('the compiled command refuses with its status', () => {
  expect(holdfast('run', '--interval', '5x', '--', 'true')).toMatchObject({ status: 125, stdout: '' });
  expect(holdfast()).toMatchObject({ status: 2, stdout: '' });
});
