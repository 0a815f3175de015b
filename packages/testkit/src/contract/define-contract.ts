import { describe, test } from 'vitest';
import { type ContractCase, runCase } from './contract-case.js';

/** Makes a vitest test of every case. One that is not applicable is skipped with its reason. */
export function defineContract<Fixture extends AsyncDisposable>(
  title: string,
  cases: readonly ContractCase<Fixture>[],
  setup: () => Promise<Fixture>,
): void {
  describe(title, () => {
    for (const each of cases) {
      test(each.promise, async (context) => {
        const outcome = await runCase(each, setup);
        if (outcome !== undefined) context.skip(outcome.notApplicable);
      });
    }
  });
}
