import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '@holdfast/core';
import { findQueuedTerminal, hasTerminals, type QueuedTerminal } from '../container/queued-terminal.js';
import type { RunContext } from './run-context.js';

type Frozen = Pick<RunContext, 'clock' | 'signal'> & {
  readonly container: Pick<RunContext['container'], 'freeze' | 'thaw' | 'initPid' | 'processes'>;
  readonly tools: Pick<RunContext['tools'], 'terminals'>;
};

/** How long the job runs before each further try; no two alike, since programs talk at a beat. */
const pausesMs: readonly number[] = [10, 20, 40, 80, 160, 320];

/**
 * Freezes the job at a moment when nothing lies in a pseudo-terminal that it has both ends of: CRIU reads what lies there and writes it back through the line
 * discipline, which the job that runs on gets changed, doubled or in another order, and a resumed one, too.
 *
 * - Resolves, the job frozen, with the time at which that freeze began.
 * - Rejects with HF_TERMINAL_BUSY, the job frozen for the caller to thaw, where something lies there at each try.
 */
export async function freezeBetweenWords(context: Frozen, look: typeof queuedIn = queuedIn): Promise<number> {
  const { container, clock, signal } = context;
  for (let turn = 0; ; turn += 1) {
    const startedAt = clock.monotonicMs();
    await container.freeze({ signal });
    const queued = await look(context);
    if (queued === undefined) return startedAt;
    const pauseMs = pausesMs[turn];
    if (pauseMs === undefined) throw await terminalBusy(queued);
    await container.thaw({ again: true });
    await delay(pauseMs, undefined, { signal });
  }
}

async function queuedIn({ container, tools, signal }: Frozen): Promise<QueuedTerminal | undefined> {
  if (!(await hasTerminals(container.initPid))) return undefined;
  return findQueuedTerminal({ tool: tools.terminals, pids: await container.processes(), signal });
}

async function terminalBusy({ pid, end, number, bytes }: QueuedTerminal): Promise<HoldfastError> {
  const name = (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim();
  const what = bytes === 0 ? 'an end of file waits' : `${bytes} bytes wait`;
  return new HoldfastError('HF_TERMINAL_BUSY', {
    message: `${what} in the pseudo-terminal ${number} of the job for process ${name === '' ? pid : `${name} (${pid})`}, which has its ${end}, each time that it was looked at: a snapshot would change them`,
    kind: 'conflict',
    retry: 'yes',
    operation: 'freeze',
    context: { pid, end, number, bytes },
    hint: 'the job was not touched and the next snapshot is tried as usual; let the program read what its terminals have, or talk to the other one through pipes',
  });
}
