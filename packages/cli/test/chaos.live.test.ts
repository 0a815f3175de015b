import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const chaos = fileURLToPath(new URL('../../../chaos/main.ts', import.meta.url));
const containers = fileURLToPath(new URL('../../../chaos/containers/main.ts', import.meta.url));
const rounds = 12;
const deadlineMs = 25 * 60_000;

const twinRounds = 5;

interface Summary {
  readonly memory: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly byPhase: Readonly<Record<string, number>>;
  readonly failed: readonly unknown[];
}

// `script/chaos --rounds 1000` is the same with more of it; docs/chaos.md says what is checked after each kill.
it(
  `${rounds} rounds of random kills lose no committed snapshot, leave nothing behind, and hit every phase`,
  async () => {
    const { summary, stderr } = await play('--rounds', String(rounds));
    expect(summary.failed, stderr).toEqual([]);
    for (const [phase, count] of Object.entries(summary.byPhase))
      if (phase !== 'fetching') expect(count, `kills in ${phase}\n${stderr}`).toBeGreaterThanOrEqual(1);
    expect(summary.kills, stderr).toBeGreaterThanOrEqual(rounds);
  },
  deadlineMs + 60_000,
);

// `script/chaos --twins` plays 200. A kill of the helper as soon as the job is frozen is among them, and one of Holdfast before it.
it(
  `${twinRounds} rounds in which memory comes from twins, parts of them killed, leave the right bytes and nothing of ours`,
  async () => {
    const line = ['--twins', '--victim', 'memory-counter', '--scale', '0.4', '--interval', '300ms'];
    const planned = await play(...line, '--rounds', '1', '--plan', 'frozen:twin:0:0,pre-copy:holdfast:2:1');
    expect(planned.summary.failed, planned.stderr).toEqual([]);
    const { summary, stderr } = await play(...line, '--rounds', String(twinRounds - 1));
    expect(summary.failed, stderr).toEqual([]);
    expect(summary.memory['snapshot: twin'], stderr).toBeGreaterThan(0);
  },
  deadlineMs + 60_000,
);

// `script/chaos --twins --snapshots 500` is the same with more of it.
it(
  'memory, a file, a shared mapping and an unlinked file are of one instant in each snapshot by twin',
  async () => {
    const { result, stderr } = await run(chaos, '--twins', '--snapshots', '3', '--interval', '300ms');
    const { byTwin, resumes, problems } = result as { readonly byTwin: number; readonly resumes: number; readonly problems: readonly string[] };
    expect(problems, stderr).toEqual([]);
    expect(byTwin, stderr).toBeGreaterThanOrEqual(3);
    expect(resumes, stderr).toBeGreaterThanOrEqual(3);
  },
  deadlineMs + 60_000,
);

// `script/chaos --containers` starts 200.
it(
  'short containers, half of them with snapshots, end with the right answers, their agent killed while one stands still and started anew',
  async () => {
    const { result, stderr } = await run(containers, '8', '--steps', '100', '--interval', '1s');
    const tally = result as { readonly problems: readonly string[]; readonly withSnapshots: number; readonly killedOver: number };
    expect(tally.problems, stderr).toEqual([]);
    expect(tally, stderr).toMatchObject({ containers: 8, protectedContainers: 4, withSnapshots: 4 });
    expect(tally.killedOver, stderr).toBeGreaterThanOrEqual(1);
  },
  deadlineMs,
);

async function play(...line: readonly string[]): Promise<{ readonly summary: Summary; readonly stderr: string }> {
  const { result, stderr } = await run(chaos, ...line);
  return { summary: (result as Summary | undefined) ?? { kills: 0, byPhase: {}, memory: {}, failed: [] }, stderr };
}

async function run(program: string, ...line: readonly string[]): Promise<{ readonly result: unknown; readonly stderr: string }> {
  const options = { timeout: deadlineMs, maxBuffer: 1e8, killSignal: 'SIGTERM' } as const;
  const ended = promisify(execFile)(process.execPath, [program, ...line, '--json'], options);
  const { stdout, stderr } = await ended.catch((error: { stdout: string; stderr: string }) => error);
  return { result: stdout === '' ? undefined : (JSON.parse(stdout) as unknown), stderr };
}
