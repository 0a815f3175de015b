import { join } from 'node:path';
import type { DatabaseService } from '@holdfast/aws-databases';
import { tryKillPoints } from '@holdfast/testkit/aws';
import { type Arena, emptyArena, whatThereIs } from './arena.ts';
import { orderOf } from './order-of.ts';
import { runProvisioner } from './run-provisioner.ts';

/** Kills a verb after each of its calls, and runs it again. Gives how many kills there were; throws where something is left over, or missing. */
export async function killEverywhere(arena: Arena, service: DatabaseService, verb: 'provision' | 'destroy', folder: string): Promise<number> {
  const { aws } = arena;
  let round = 0;
  let whole: readonly string[] | undefined;
  const run = async (what: 'provision' | 'destroy', signal?: AbortSignal): Promise<void> => {
    const order = await orderOf(arena, service, what, join(folder, `${verb}-${round}`));
    const { ok, said } = await runProvisioner(order, aws.environment, signal);
    if (!ok) throw new Error(said === '' ? 'killed' : said);
    whole ??= verb === 'provision' ? await whatThereIs(aws) : [];
  };
  const killable = {
    prepare: async (): Promise<void> => {
      round += 1;
      await emptyArena(arena, service);
      if (verb === 'destroy') await run('provision');
    },
    run: (signal: AbortSignal) => run(verb, signal),
  };
  const points = await tryKillPoints(aws, killable, {
    check: async ({ calls, after, answered }) => {
      const there = await whatThereIs(aws);
      if (JSON.stringify(there) === JSON.stringify(whole)) return;
      const where = `${verb} killed after call ${calls}, ${after}, ${answered ? 'answered' : 'whose answer was lost'}`;
      throw new Error(`${where}: there is ${there.join(', ')}; expected ${whole?.join(', ')}`);
    },
  });
  return points.length;
}
