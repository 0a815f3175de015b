import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const chaos = fileURLToPath(new URL('../../../chaos/main.ts', import.meta.url));
const rounds = 12;
const deadlineMs = 25 * 60_000;

interface Summary {
  readonly kills: number;
  readonly byPhase: Readonly<Record<string, number>>;
  readonly failed: readonly unknown[];
}

// `script/chaos --rounds 1000` is the same with more of it; docs/chaos.md says what is checked after each kill.
it(
  `${rounds} rounds of random kills lose no committed snapshot, leave nothing behind, and hit every phase`,
  async () => {
    const options = { timeout: deadlineMs, maxBuffer: 1e8, killSignal: 'SIGTERM' } as const;
    const ended = promisify(execFile)(process.execPath, [chaos, '--rounds', String(rounds), '--json'], options);
    const { stdout, stderr } = await ended.catch((error: { stdout: string; stderr: string }) => error);
    const summary = JSON.parse(stdout || '{"kills":0,"byPhase":{},"failed":[]}') as Summary;
    expect(summary.failed, stderr).toEqual([]);
    for (const [phase, count] of Object.entries(summary.byPhase)) expect(count, `kills in ${phase}\n${stderr}`).toBeGreaterThanOrEqual(1);
    expect(summary.kills, stderr).toBeGreaterThanOrEqual(rounds);
  },
  deadlineMs + 60_000,
);
