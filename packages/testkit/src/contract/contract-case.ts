/** Why a promise cannot be tried on this implementation; shown beside the case. */
export interface NotApplicable {
  readonly notApplicable: string;
}

/** One promise of a contract and how it is tried. `Fixture` is fresh for each case and disposed of after it. */
export interface ContractCase<Fixture> {
  /** The bullet of the interface's comment, as a sentence. Unique in its suite. */
  readonly promise: string;
  /** Rejects where the promise is broken. */
  run(fixture: Fixture): Promise<NotApplicable | undefined>;
}

/** Makes a case whose promise always applies. */
export function contractCase<Fixture>(promise: string, run: (fixture: Fixture) => Promise<void>): ContractCase<Fixture> {
  return {
    promise,
    run: async (fixture) => {
      await run(fixture);
      return undefined;
    },
  };
}

/** Runs one case on a fixture of its own. */
export async function runCase<Fixture extends AsyncDisposable>(
  contractCase: ContractCase<Fixture>,
  setup: () => Promise<Fixture>,
): Promise<NotApplicable | undefined> {
  await using fixture = await setup();
  return await contractCase.run(fixture);
}

/** Runs every case, one after the other, and tells which promises are broken. For suites that are tested themselves, and for runners other than vitest. */
export async function brokenPromises<Fixture extends AsyncDisposable>(
  cases: readonly ContractCase<Fixture>[],
  setup: () => Promise<Fixture>,
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const each of cases) {
    try {
      await runCase(each, setup);
    } catch {
      broken.push(each.promise);
    }
  }
  return broken;
}
