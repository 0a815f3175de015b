import { setTimeout } from 'node:timers/promises';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';

/** One of several processes that claim the same job again and again; prints what was reported to it. */
const [root = '', name = '', rounds = '0', seed = '0'] = process.argv.slice(2);
const store = await openRepository({ root });
for (let round = 0; round < Number(rounds); round += 1) {
  const epoch = await store.claim('job', { attempt: `${name}-${round}`, host: 'h', pid: process.pid }, { kind: 'newest' });
  report({ event: 'claimed', epoch: epoch.epoch, from: epoch.from?.number });
  let parent = epoch.from;
  try {
    for (let count = 0; count < 3; count += 1) {
      parent = await commitBytes(store, epoch, parent, patternBytes(8192, Number(seed) + round));
      report({ event: 'committed', number: parent.number, attempt: epoch.attempt, seed: Number(seed) + round });
      if ((round + count) % 3 === 0) await setTimeout((round * 7 + Number(seed)) % 12);
    }
  } catch (error) {
    report({ event: 'stopped', message: String(error) });
  }
}

function report(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`);
}
