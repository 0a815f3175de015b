import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { missingServer } from '@holdfast/testkit/servers';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../../../chaos/volume-faults/main.ts', import.meta.url));
const missing = missingServer('juicefs') ?? missingServer('minio') ?? missingServer('redis');
const deadlineMs = 5 * 60_000;

interface Tally {
  readonly problems: readonly string[];
  readonly faults: readonly { readonly fault: string; readonly failedSnapshots: number; readonly told: readonly string[] }[];
  readonly snapshotCount: number;
}

// `script/chaos --volume-faults` is the same with more of it, on each engine.
it.skipIf(missing !== undefined)(
  `a JuiceFS volume whose bucket refuses, whose cache disk is full, whose bucket is gone for good: the job runs on and is told the cause, a second mount chooses no half a snapshot${missing === undefined ? '' : ` (${missing})`}`,
  async () => {
    const ended = promisify(execFile)(process.execPath, [program, '--json', '--quick', '--engine', 'redis'], { timeout: deadlineMs, maxBuffer: 1e8 });
    const { stdout, stderr } = await ended.catch((error: { stdout: string; stderr: string }) => error);
    const { problems, faults, snapshotCount } = JSON.parse(stdout || '{"problems":["no tally"],"faults":[],"snapshotCount":0}') as Tally;
    expect(problems, stderr).toEqual([]);
    expect(faults.map(({ fault, failedSnapshots }) => [fault, failedSnapshots > 0])).toEqual([
      ['credentials refused', true],
      ['cache disk full', false],
    ]);
    expect(faults[0]?.told[0]).toMatch(/^HF_CLOUD_DENIED: .*may not be used with these credentials/u);
    expect(snapshotCount).toBeGreaterThan(1);
  },
  deadlineMs + 60_000,
);
