import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { openRepositoryWith } from '@holdfast/store/internal';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import { temporaryPlace } from '../fixture.js';
import { interruptedReading, unheldOperations } from '../unheld-operations.js';

const page = 4096;
const policy = { keep: 1, graceMs: 0, repackBelow: 0.9 };

test.each(['ENOENT', 'ESTALE'] as const)(
  'a prune during which another one removes what it looks at ends, and all is whole (%s)',
  async (afterlife) => {
    await using place = await temporaryPlace();
    const original = join(place.scratch, 'original');
    await cp(place.root, original, { recursive: true });
    const made = await openRepository({ root: original, create: true });
    const epoch = await made.claim('job', { attempt: 'a', host: 'h', pid: 1 }, { kind: 'newest' });
    const all = patternBytes(800 * page, 1);
    await commitBytes(made, epoch, await commitBytes(made, epoch, undefined, all), all.subarray(0, 300 * page));
    let at = 0;
    for (; ; at += 1) {
      const root = join(place.scratch, `at-${at}`);
      await cp(original, root, { recursive: true });
      await using other = await openRepository({ root });
      const pruneIfDue = async (ordinal: number): Promise<void> => {
        if (ordinal === at) await other.prune('job', policy);
      };
      const { files, count } = interruptedReading(pruneIfDue, unheldOperations(afterlife));
      await (await openRepositoryWith({ root }, { files })).prune('job', policy);
      if (count() <= at) break;
      expect(await other.verify('job')).toMatchObject({ problems: [], snapshots: 1 });
    }
    expect(at).toBeGreaterThan(10);
  },
  60_000,
);
