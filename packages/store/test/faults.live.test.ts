import { type CheckpointStore, isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { applyFault, describeFault, type Fault, planFaults, randomFrom, repositoryFiles } from '@holdfast/testkit/faults';
import { expect, test } from 'vitest';
import { encryptionKey, temporaryPlace } from './fixture.js';
import { makeHistory, type Snapshot } from './history.js';

const faultCount = 200;

/** What each snapshot reads as: its content, or that it was refused; anything else is a wrong byte handed out or a crash. */
async function readAll(store: CheckpointStore, history: readonly Snapshot[]): Promise<readonly ('good' | 'refused')[]> {
  const outcomes: ('good' | 'refused')[] = [];
  for (const { job, number, content } of history) {
    try {
      await using reader = await store.open({ job, number });
      for (const [key, bytes] of content)
        expect(Buffer.from(await reader.read(key)).equals(bytes), `wrong bytes of ${key} in snapshot ${number}`).toBe(true);
      expect(reader.metadata).toEqual({ number });
      outcomes.push('good');
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      outcomes.push('refused');
    }
  }
  return outcomes;
}

test.each([
  ['a plain', {}],
  ['an encrypted', { encryptionKey }],
])(
  `each of ${faultCount} faults in %s repository is found, and what does not share the damaged bytes restores`,
  async (_which, key) => {
    await using place = await temporaryPlace();
    const { root } = place;
    const history = await makeHistory(await openRepositoryWith({ root, create: true, ...key }, { packTargetBytes: 20_000 }), randomFrom(1), 2);
    // Page hashes are no more than a help for the next snapshot: their faults are tried elsewhere.
    const files = (await repositoryFiles(root)).filter(({ kind }) => kind !== 'other');
    const found = { verify: 0, read: 0, open: 0 };
    for (const [ordinal, fault] of planFaults(files, faultCount, randomFrom(2)).entries()) {
      const undo = await applyFault(root, fault);
      try {
        // Closed again: each open store may have threads of its own.
        await using store = await openRepository({ root, ...key }).catch((error: unknown) => {
          if (isHoldfastError(error)) return undefined;
          throw error;
        });
        if (store === undefined) {
          expect(fault.path).toBe('repository.json');
          found.open += 1;
          continue;
        }
        // Every tenth time all jobs, to see that those not hurt are not touched; else those that are, which is what takes the time.
        const hurt = new Set([fault.path, ...(fault.kind === 'swap' ? [fault.other] : [])].map((path) => path.split('/')[1] ?? ''));
        const [onlyJob] = hurt.size === 1 && ordinal % 10 !== 0 ? [...hurt] : [undefined];
        const tried = history.filter(({ job }) => onlyJob === undefined || job === onlyJob);
        const outcomes = await readAll(store, tried);
        const report = await store.verify(onlyJob);
        expect(report.ok && !outcomes.includes('refused'), `not found: ${describeFault(fault)}`).toBe(false);
        found[report.ok ? 'read' : 'verify'] += 1;
        for (const problem of report.problems) expect(problem.message, describeFault(fault)).toContain(root);
        if (fault.path.endsWith('.manifest') && fault.kind !== 'swap')
          expect(
            outcomes.filter((outcome) => outcome === 'refused'),
            describeFault(fault),
          ).toHaveLength(1);
        if (fault.path.endsWith('.pack')) expectOlderGood(tried, outcomes, fault);
        if (fault.path.includes('/epochs/') && fault.kind !== 'swap') expect(outcomes, describeFault(fault)).not.toContain('refused');
      } finally {
        await undo();
      }
    }
    await using store = await openRepository({ root, ...key });
    expect(await readAll(store, history)).not.toContain('refused');
    expect(found.verify).toBeGreaterThan(faultCount / 2);
  },
  900_000,
);

/** A pack is named after the snapshot that wrote it: older ones of the job cannot need it, nor can other jobs. */
function expectOlderGood(history: readonly Snapshot[], outcomes: readonly ('good' | 'refused')[], fault: Fault): void {
  const hurt = [fault.path, ...(fault.kind === 'swap' ? [fault.other] : [])].map((path) => {
    const [, job, , file] = path.split('/');
    return { job, number: Number(file?.slice(0, 10)) };
  });
  for (const [index, snapshot] of history.entries()) {
    const mayNeed = hurt.some(({ job, number }) => snapshot.job === job && snapshot.number >= number);
    if (!mayNeed) expect(outcomes[index], describeFault(fault)).toBe('good');
  }
}
