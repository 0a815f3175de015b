import { join } from 'node:path';
import { tryKillPoints } from '@holdfast/testkit/aws';
import { whatThereIs } from './arena.ts';
import type { Subject, Verb } from './subject.ts';

/** Kills a verb after each of its calls, and runs it again. Gives how many kills there were; throws where something is left over, or missing. */
export async function killEverywhere(subject: Subject, verb: Verb, folder: string, answers: 'each' | 'either'): Promise<number> {
  const { aws } = subject;
  let round = 0;
  let whole: readonly string[] | undefined;
  const run = async (what: Verb, signal?: AbortSignal): Promise<void> => {
    const { ok, said } = await subject.run(what, join(folder, `${verb}-${round}`), signal);
    if (!ok) throw new Error(said === '' ? 'killed' : said);
    whole ??= verb === 'provision' ? await whatThereIs(aws) : [];
  };
  const killable = {
    prepare: async (): Promise<void> => {
      round += 1;
      await subject.empty();
      if (verb === 'destroy') await run('provision');
    },
    run: (signal: AbortSignal) => run(verb, signal),
  };
  const points = await tryKillPoints(aws, killable, {
    answers,
    check: async ({ calls, after, answered }) => {
      const there = await whatThereIs(aws);
      if (JSON.stringify(there) === JSON.stringify(whole)) return;
      const where = `${verb} killed after call ${calls}, ${after}, ${answered ? 'answered' : 'whose answer was lost'}`;
      throw new Error(`${where}: there is ${there.join(', ')}; expected ${whole?.join(', ')}`);
    },
  });
  return points.length;
}
