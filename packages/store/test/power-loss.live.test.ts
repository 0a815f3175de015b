import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { syncPoints } from '../src/files/file-operations.js';

const program = fileURLToPath(new URL('../../../chaos/power-loss/main.ts', import.meta.url));

interface Campaign {
  readonly omitted: string | null;
  readonly broken: string | null;
  readonly rounds?: number;
  readonly states?: number;
}

/** On a machine that has much else to do. */
const deadlineMs = 400_000;
vi.setConfig({ testTimeout: deadlineMs });

/** Runs the campaign as `script/chaos power-loss` does. A seed of its own each time, printed where something is wrong. */
function campaigns(...line: readonly string[]): Promise<{ readonly exitCode: number; readonly found: readonly Campaign[] }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, '--json', ...line], { timeout: deadlineMs }, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode !== 'number' || (exitCode !== 0 && stdout === '')) reject(new Error(`${line.join(' ')}: ${stderr}`, { cause: error }));
      else
        resolve({
          exitCode,
          found: stdout
            .trim()
            .split('\n')
            .map((text) => JSON.parse(text) as Campaign),
        });
    });
  });
}

test('every state that a loss of power may leave keeps what was promised', async () => {
  const { exitCode, found } = await campaigns('--method', 'replay');
  expect(found).toEqual([expect.objectContaining({ omitted: null, broken: null })]);
  expect(found[0]?.states).toBeGreaterThan(200);
  expect(exitCode).toBe(0);
});

test('a build without any one sync is found out by those states', async () => {
  const { exitCode, found } = await campaigns('--method', 'replay', '--omit', 'each', '--seed', '1');
  expect(found.map(({ omitted }) => omitted)).toEqual(syncPoints);
  expect(found.filter(({ broken }) => broken === null)).toEqual([]);
  expect(exitCode).toBe(0);
});

const missing = missingForXfs();
test.skipIf(missing !== undefined && process.env['CI'] !== 'true')(
  `an XFS that loses its power keeps what was promised${missing ?? ''}`,
  async () => {
    const { exitCode, found } = await campaigns('--rounds', '20');
    expect(found).toEqual([expect.objectContaining({ omitted: null, broken: null, rounds: 20 })]);
    expect(exitCode).toBe(0);
  },
);

test.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`an XFS finds out the build without a sync${missing ?? ''}`, async () => {
  const { exitCode, found } = await campaigns('--rounds', '60', '--omit', 'each', '--seed', '1');
  // XFS writes its log up to a file's last change at any fsync of it, so three kinds of sync change nothing there: see the campaign.
  const shown = syncPoints.filter((point) => !['job-directory', 'pack-directory', 'pin-directory'].includes(point));
  expect(found.map(({ omitted }) => omitted)).toEqual(shown);
  expect(found.filter(({ broken }) => broken === null)).toEqual([]);
  expect(exitCode).toBe(0);
});

function missingForXfs(): string | undefined {
  if (process.getuid?.() !== 0) return ' (skipped: it mounts a file system, which needs root)';
  const folders = ['/usr/sbin', '/sbin', '/usr/bin'];
  const absent = ['mkfs.xfs', 'xfs_io'].find((name) => !folders.some((folder) => existsSync(`${folder}/${name}`)));
  return absent === undefined ? undefined : ` (skipped: there is no ${absent}; script/bootstrap --for test installs xfsprogs)`;
}
