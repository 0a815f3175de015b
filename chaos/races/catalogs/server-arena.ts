import { setTimeout as sleep } from 'node:timers/promises';
import { type ServerAccess, switchableProxy, type TestServer } from '@holdfast/testkit/servers';
import type { Random } from '../../power-loss/random.ts';
import type { Arena } from './arena.ts';

export interface ServerArenaOptions {
  readonly kind: string;
  readonly start: () => Promise<TestServer>;
  /** Of the catalog's plugin. */
  readonly type: string;
  /** What the catalog is opened with, at this port. */
  readonly section: (access: ServerAccess, port: number) => unknown;
}

/** How long before its end the primary's writes no longer reach the replica. */
const lostMs = 100;

/** A catalog on a server of its own, which is stopped, killed and replaced by its replica. */
export async function serverArena({ kind, start, type, section }: ServerArenaOptions): Promise<Arena> {
  await using cleanup = new AsyncDisposableStack();
  let server = await start();
  cleanup.defer(() => server[Symbol.asyncDispose]());
  const access = await server.fresh();
  const endpoint = cleanup.use(await switchableProxy(server.port));
  const held = cleanup.move();
  return {
    kind,
    catalog: { type, section: section(access, endpoint.port) },
    password: access.password,
    trouble: async (random) => {
      if (random.chance(0.5)) return stopServer(server, random);
      await sleep(random.below(200));
      await killServer(server);
      return 'killed and started again';
    },
    kill: () => killServer(server),
    prepareFailOver: async () => {
      const [primary, replica] = [server, await server.replica()];
      server = replica;
      held.use(primary);
      return async (random) => {
        await sleep(random.below(200));
        await replica.pause();
        await sleep(lostMs);
        await primary.kill();
        await replica.resume();
        await replica.promote();
        endpoint.pointTo(replica.port);
        endpoint.cut();
        return 'replaced by its replica';
      };
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function stopServer(server: TestServer, random: Random): Promise<string> {
  await sleep(random.below(200));
  await server.pause();
  await sleep(50 + random.below(400));
  await server.resume();
  return 'stopped';
}

async function killServer(server: TestServer): Promise<void> {
  await server.kill();
  await server.restart();
}
