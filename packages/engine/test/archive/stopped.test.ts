import type { CheckpointStore, CheckpointWriter } from '@holdfast/core';
import { expect, test } from 'vitest';
import { contentOf, exported, imported, openPlaces, takeSnapshot } from './archives.js';

/** A store whose caller is stopped for good before its `stopAt`th call, or after it was done. */
function stopping(store: CheckpointStore, stopAt: number, when: 'before' | 'after', stopped: () => void): CheckpointStore {
  let calls = 0;
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get: (_target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          calls += 1;
          const stops = calls === stopAt;
          if (stops && when === 'before') return forever(stopped);
          const result: unknown = await (value as (...given: unknown[]) => unknown).apply(target, args);
          if (stops) return forever(stopped);
          return name === 'begin' ? wrap(result as CheckpointWriter) : result;
        };
      },
    });
  return wrap(store);
}

function forever(stopped: () => void): Promise<never> {
  stopped();
  return new Promise(() => undefined);
}

test.each(['before', 'after'] as const)(
  'an import that stops for ever %s any call to the store leaves nothing that could be chosen, or all',
  async (when) => {
    await using places = await openPlaces();
    const archive = await exported(places, await takeSnapshot(places.here));
    const original = await contentOf(places.here, 'job', 1);
    for (let stopAt = 1; ; stopAt += 1) {
      const job = `stopped-${stopAt}`;
      const { promise: stop, resolve } = Promise.withResolvers<'stopped'>();
      const store = stopping(places.there, stopAt, when, () => resolve('stopped'));
      const outcome = await Promise.race([stop, imported(places, archive, { job, store })]);
      const [found] = await places.there.list(job);
      if (outcome !== 'stopped') {
        // Each object is one call; the calls that came to nothing were all tried.
        expect(stopAt).toBeGreaterThan(12);
        break;
      }
      if (found === undefined) {
        const { summary } = await imported(places, archive, { job, attempt: 'import-2' });
        expect(await contentOf(places.there, job, summary.number), `call ${stopAt}`).toEqual(original);
      } else expect(await contentOf(places.there, job, found.number), `call ${stopAt}`).toEqual(original);
    }
  },
);
