// One of the processes that try to own one job. Takes rounds by messages of its parent; see orders.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { isHoldfastError } from '@holdfast/core';
import { openRepositoryWith } from '@holdfast/store/internal';
import type { HeldLease } from '@holdfast/testkit/linearizability';
import { Random } from '../../power-loss/random.ts';
import { catalogPlugin, openPatiently } from '../catalogs/plugins.ts';
import { openRecorder } from '../history/history-file.ts';
import { readJob, runAttempt } from './attempt.ts';
import type { ContenderArguments, ContenderMessage, RoundOrder, StopPoint } from './orders.ts';
import { skewClock } from './skewed-clock.ts';
import { sweepJob } from './sweep.ts';
import { planStop } from './stop-plan.ts';
import { stoppingOperations } from './stopping-operations.ts';

const { name, root, catalog: choice, historyFile, skewMs, blind } = JSON.parse(process.argv[2] ?? '') as ContenderArguments;
const clock = skewClock(skewMs);
const trueNowMs = (): number => Date.now() - skewMs;
let plannedStop: (point: StopPoint) => 'stop' | 'die' | undefined = () => undefined;
let ownEpoch: number | undefined;
const files = stoppingOperations({
  blindAbove: () => (blind ? ownEpoch : undefined),
  at: async (point) => {
    const what = plannedStop(point);
    if (what === undefined) return;
    await say({ kind: what === 'stop' ? 'stopping' : 'dying', at: point });
    if (what === 'stop') process.kill(process.pid, 'SIGSTOP');
    else process.kill(process.pid, 'SIGKILL');
  },
});
const store = await openRepositoryWith({ root, clock }, { files });
const catalog = await openPatiently(await catalogPlugin(choice.type), choice.section);
const recorder = openRecorder(historyFile);

process.on('message', (order: RoundOrder) => {
  playRound(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));
await say({ kind: 'ready' });

async function playRound({ round, job, originNs, seed, attempts, leaseMs, sweeps }: RoundOrder): Promise<void> {
  const random = new Random(seed);
  const counts = { leases: { taken: 0, refused: 0, lost: 0, unanswered: 0 }, sweeps: { done: 0, refused: 0, fenced: 0, removed: 0 } };
  recorder.begin(round, BigInt(originNs));
  for (let number = 1; number <= attempts; number += 1) {
    await sleep(random.below(15));
    const attempt = `${name}-${number}`;
    plannedStop = planStop(random);
    try {
      const onEpoch = (epoch: number): void => {
        ownEpoch = epoch;
      };
      if (sweeps && random.chance(0.5)) await sweepJob({ store, catalog, random, job, sweeper: `sweep-${attempt}`, leaseMs, counts: counts.sweeps });
      const onLease = (lease: HeldLease): Promise<void> => say({ kind: 'lease', lease });
      await runAttempt({ store, catalog, recorder, random, job, attempt, leaseMs, counts: counts.leases, onEpoch, onLease, trueNowMs });
    } catch (error) {
      // Fenced, or beaten to the job: the attempt is over. Anything else is a defect.
      if (!isHoldfastError(error) || (error.kind !== 'fenced' && error.kind !== 'conflict' && error.code !== 'HF_CHECKPOINT_MISSING')) throw error;
    } finally {
      ownEpoch = undefined;
      plannedStop = () => undefined;
    }
    await readJob({ store, recorder, job });
  }
  await say({ kind: 'done', counts });
}

function say(message: ContenderMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}
