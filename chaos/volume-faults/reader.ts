// The second mount: again and again the snapshot that a resume would choose is chosen, and every block of it verified. One JSON line each.
import { isHoldfastError } from '@holdfast/core';
import { openRepository } from '@holdfast/store';

const [root = '', job = ''] = process.argv.slice(2);

/** What a storage that is away may answer. */
const harmless: ReadonlySet<string> = new Set(['unavailable', 'timeout']);

for (;;) {
  console.log(JSON.stringify(await look()));
  await new Promise((resolve) => setTimeout(resolve, 50));
}

async function look(): Promise<Readonly<Record<string, unknown>>> {
  let number: number | undefined;
  try {
    await using store = await openRepository({ root });
    number = (await store.state(job)).newest;
    if (number === undefined) return { type: 'none' };
    try {
      await using reader = await store.open({ job, number });
      await reader.verify();
    } catch (error) {
      // It may have been pruned since: then a newer one is there.
      const newest = (await store.state(job)).newest;
      if (isHoldfastError(error) && error.kind === 'not-found' && newest !== undefined && newest > number) return { type: 'pruned', number };
      throw error;
    }
    return { type: 'verified', number };
  } catch (error) {
    const isHarmless = isHoldfastError(error) && harmless.has(error.kind);
    return { type: isHarmless ? 'away' : 'wrong', number, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}
