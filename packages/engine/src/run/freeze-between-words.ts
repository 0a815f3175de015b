import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '@holdfast/core';
import { findQueuedTerminal, hasTerminals, type QueuedTerminal } from '../container/queued-terminal.js';
import { describeProcesses, type JobProcess, pidsOf } from '../container/job-processes.js';
import { findUnready, type UnreadyProcess } from '../container/unready-process.js';
import type { RunContext } from './run-context.js';

type Frozen = Pick<RunContext, 'clock' | 'signal'> & {
  readonly container: Pick<RunContext['container'], 'freeze' | 'thaw' | 'initPid' | 'processes' | 'freezerFiles'>;
  readonly tools: Pick<RunContext['tools'], 'terminals'>;
};

/** A job that stands still. */
export interface Standing {
  /** When it was frozen. */
  readonly startedAt: number;
  /** All of it. */
  readonly processes: readonly JobProcess[];
}

/** How long the job runs before each further try; no two alike, since programs talk at a beat. */
const pausesMs: readonly number[] = [10, 20, 40, 80, 160, 320];

/**
 * Freezes the job at a moment when nothing lies in a pseudo-terminal that it has both ends of: CRIU reads what lies there and writes it back through the line
 * discipline, which the job that runs on gets changed, doubled or in another order, and a resumed one, too. Nor may CRIU find a process that nobody can take
 * hold of.
 *
 * - Resolves, the job frozen.
 * - Rejects with HF_TERMINAL_BUSY or HF_DUMP_FAILED, the job frozen for the caller to thaw, where something lies there, or is found, at each try.
 */
export async function freezeBetweenWords(context: Frozen, look: typeof hindranceIn = hindranceIn): Promise<Standing> {
  const { container, clock, signal } = context;
  for (let turn = 0; ; turn += 1) {
    const startedAt = clock.monotonicMs();
    await container.freeze({ signal });
    const processes = describeProcesses(await container.processes(), container.initPid);
    const found = await look(context, processes);
    if (found === undefined) return { startedAt, processes };
    const pauseMs = pausesMs[turn];
    if (pauseMs === undefined) throw 'why' in found ? await processBusy(found) : await terminalBusy(found);
    await container.thaw({ again: true });
    await delay(pauseMs, undefined, { signal });
  }
}

async function hindranceIn(
  { container, tools, signal }: Frozen,
  processes: readonly JobProcess[],
): Promise<QueuedTerminal | UnreadyProcess | undefined> {
  const unready = findUnready(processes, container.freezerFiles.version);
  if (unready !== undefined || !(await hasTerminals(container.initPid))) return unready;
  return findQueuedTerminal({ tool: tools.terminals, pids: pidsOf(processes), signal });
}

async function terminalBusy({ pid, end, number, bytes }: QueuedTerminal): Promise<HoldfastError> {
  const what = bytes === 0 ? 'an end of file waits' : `${bytes} bytes wait`;
  return new HoldfastError('HF_TERMINAL_BUSY', {
    message: `${what} in the pseudo-terminal ${number} of the job for process ${await nameOf(pid)}, which has its ${end}, each time that it was looked at: a snapshot would change them`,
    kind: 'conflict',
    retry: 'yes',
    operation: 'freeze',
    context: { pid, end, number, bytes },
    hint: 'the job was not touched and the next snapshot is tried as usual; let the program read what its terminals have, or talk to the other one through pipes',
  });
}

async function processBusy({ pid, why }: UnreadyProcess): Promise<HoldfastError> {
  const [what, hint] = busyWords[why];
  return new HoldfastError('HF_DUMP_FAILED', {
    message: `process ${await nameOf(pid)} of the job ${what}, each time that it was looked at: CRIU cannot take hold of it`,
    kind: 'conflict',
    retry: 'yes',
    operation: 'freeze',
    context: { pid, reason: why },
    hint,
  });
}

const busyWords = {
  vfork: ['waits for a child that borrows its memory (vfork)', 'the job was not touched and the next snapshot is tried as usual'],
  stopped: [
    'is stopped (SIGSTOP)',
    'continue it (SIGCONT), or let the machine use control groups of version 2, whose freezer can do this; the next snapshot is tried as usual',
  ],
} as const;

async function nameOf(pid: number): Promise<string> {
  const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
  return name === '' ? String(pid) : `${name} (${pid})`;
}
