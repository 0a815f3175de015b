import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerAccess, startRedisCluster } from '@holdfast/testkit/servers';
import type { Arena } from './arena.ts';

/** How long a cluster takes at most to promote the follower of a primary that is gone. */
const promotionMs = 5000;

/** A catalog on three primaries with a follower each. The cluster itself promotes; it is always the node of the job that is in trouble; its clients go to the nodes without anything between. */
export async function redisClusterArena(section: (access: ServerAccess, port: number) => unknown): Promise<Arena> {
  const cluster = await startRedisCluster();
  const access = await cluster.fresh();
  // What is in braces decides which node has it.
  const keyOf = (job: string): string => `${access.space}job:{${job}}`;
  return {
    kind: 'redis-cluster',
    catalog: { type: 'redis', section: section(access, access.port) },
    password: access.password,
    trouble: async (random, job) => {
      const primary = await cluster.primaryOf(keyOf(job));
      await sleep(random.below(200));
      await primary.pause();
      await sleep(50 + random.below(400));
      await primary.resume();
      return 'stopped';
    },
    kill: async (_random, job) => {
      const primary = await cluster.primaryOf(keyOf(job));
      await primary.kill();
      await primary.restart();
    },
    prepareFailOver: () =>
      Promise.resolve(async (random, job) => {
        const primary = await cluster.primaryOf(keyOf(job));
        await sleep(random.below(200));
        await primary.kill();
        await sleep(promotionMs);
        await primary.restart();
        return 'replaced by its replica';
      }),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
