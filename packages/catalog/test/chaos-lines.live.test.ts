import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function play(program: string, line: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const path = fileURLToPath(new URL(`../../../chaos/${program}/main.ts`, import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [path, ...line], { env: { ...process.env, ...environment } }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === 'number') resolve({ status, stdout, stderr });
      else reject(error ?? new Error('no status'));
    });
  });
}

describe.each([
  ['races', '--catalog'],
  ['lost-servers', '--lost-servers'],
])('the campaign %s', (program, option) => {
  test('shows lines to begin with', async () => {
    const { status, stdout } = await play(program, ['--help']);
    expect(status).toBe(0);
    expect(stdout.match(new RegExp(`^ {2}script/chaos ${option} --`, 'gmu'))?.length).toBeGreaterThan(1);
  });

  test.each([
    [['--rounds', '0', '--kind', 'sqlite'], "--rounds is '0': give a whole number from 1 to 1000000"],
    [['--rounds', 'many', '--kind', 'sqlite'], "--rounds is 'many': give a whole number from 1 to"],
    [['--seed', '1.5'], "--seed is '1.5': give a whole number from 0 to"],
    [['--kind', 'oracle'], "--kind is 'oracle': give one of sqlite, mysql,"],
  ])('refuses %j, and says what would do', async (line, message) => {
    const { status, stderr } = await play(program, line);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });

  test('leaves its folder, and names it, where it cannot be played', async () => {
    const { status, stderr } = await play(program, ['--kind', 'redis', '--rounds', '1'], { HOLDFAST_TEST_SERVERS: 'none' });
    expect(status).toBe(2);
    expect(stderr).toContain("HOLDFAST_TEST_SERVERS is 'none'");
    const folder = /everything of it is in (\S+)/u.exec(stderr)?.[1] ?? '/nowhere';
    await readdir(folder);
    await rm(folder, { recursive: true });
  });
});
