import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import type { HeldLease } from '@holdfast/testkit/linearizability';
import type { ContenderArguments, ContenderMessage, RoundCounts, RoundOrder, StopPoint } from './orders.ts';

export interface RoundEvents {
  /** The contender is about to stop itself; resolves when it may go on. */
  readonly onStop: (at: StopPoint) => Promise<void>;
  readonly onDeath: (at: StopPoint) => void;
  readonly onLease: (lease: HeldLease) => void;
}

/** A process of this machine that plays rounds. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  readonly historyFile: string;
  readonly skewMs: number;
  readonly hasEnded: () => boolean;
  /** Undefined where it died on purpose. Rejects where it ended by itself. */
  playRound(order: RoundOrder, events: RoundEvents): Promise<RoundCounts | undefined>;
  /** Stops it from outside, wherever it is. */
  standStill(ms: number): Promise<void>;
}

const program = fileURLToPath(new URL('main.ts', import.meta.url));

export async function startContender(given: ContenderArguments, password: string | undefined): Promise<Contender> {
  const env = { ...process.env, HOLDFAST_CATALOG_PASSWORD: password };
  const child = fork(program, [JSON.stringify(given)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env });
  const complaints: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const exited = once(child, 'exit');
  let onMessage: (message: ContenderMessage) => void = () => undefined;
  child.on('message', (message) => onMessage(message as ContenderMessage));
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const died = exited.then((): never => {
    throw new Error(`contender ${given.name} ended by itself: ${complaints.join('')}`);
  });
  died.catch(() => undefined);
  const said = (kind: ContenderMessage['kind']): Promise<ContenderMessage> =>
    new Promise((resolve) => {
      onMessage = (message) => {
        if (message.kind === kind) resolve(message);
      };
    });
  await Promise.race([said('ready'), died]);
  return {
    name: given.name,
    historyFile: given.historyFile,
    skewMs: given.skewMs,
    hasEnded,
    playRound: async (order, { onStop, onDeath, onLease }) => {
      const { promise: over, resolve } = Promise.withResolvers<RoundCounts | undefined>();
      onMessage = (message) => {
        if (message.kind === 'stopping') void letStop(child, () => onStop(message.at));
        if (message.kind === 'done') resolve(message.counts);
        if (message.kind === 'lease') onLease(message.lease);
        if (message.kind === 'dying') {
          onDeath(message.at);
          void exited.then(() => resolve(undefined));
        }
      };
      child.send(order);
      // A death that was announced is no failure: it resolves first.
      return Promise.race([over, exited.then(() => sleep(0)).then(() => Promise.race([over, died]))]);
    },
    standStill: async (ms) => {
      child.kill('SIGSTOP');
      await sleep(ms);
      child.kill('SIGCONT');
    },
    [Symbol.asyncDispose]: async () => {
      if (!hasEnded()) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Goes on only once it stands still: a SIGCONT that came before the SIGSTOP would be lost. */
async function letStop(child: ChildProcess, whileStopped: () => Promise<void>): Promise<void> {
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null && !(await isStopped(child.pid))) await sleep(2);
  await whileStopped();
  child.kill('SIGCONT');
}

async function isStopped(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return /\) [Tt] /.test(stat);
}
