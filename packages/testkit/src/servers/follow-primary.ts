import { setTimeout as sleep } from 'node:timers/promises';
import type { Place, Recipe } from './recipe.js';
import type { ReplicaServer, TestServer } from './server.js';

/** How long a follower may take to hold what its primary held. */
const catchUpTimeoutMs = 60_000;

/** Starts a server that follows `primary`, and waits until it holds what that holds. `ask` runs statements on the primary. */
export async function followPrimary(
  recipe: Recipe,
  primary: Place,
  ask: (statements: string) => Promise<string>,
  start: () => Promise<TestServer>,
): Promise<ReplicaServer> {
  await using cleanup = new AsyncDisposableStack();
  const server = cleanup.use(await start());
  const { replication } = recipe;
  const catchUp = async (): Promise<void> => {
    const position = await ask(replication.position);
    const end = performance.now() + catchUpTimeoutMs;
    while (!replication.reached(await server.query(replication.progress(position)), position)) {
      if (performance.now() > end) {
        throw new Error(`the ${recipe.kind} follower on port ${server.port} is behind after ${catchUpTimeoutMs} ms\n${await server.output()}`);
      }
      await sleep(50);
    }
  };
  const statements = replication.follow(primary);
  if (statements !== '') await server.query(statements);
  await catchUp();
  cleanup.move();
  return {
    ...server,
    catchUp,
    async promote() {
      await server.query(replication.promote);
    },
  };
}
