import { join } from 'node:path';
import { formCluster } from './form-cluster.js';
import { choosePlace, freshSpace } from './choose-place.js';
import { parseClusterNodes, primaryOfSlot } from './cluster-nodes.js';
import { redisRecipe } from './redis-family.js';
import { createScratchFolder } from './scratch-folder.js';
import type { ServerAccess, ServerOptions, TestServer } from './server.js';
import { startServer } from './start-server.js';
import { serverFolder } from './unprivileged.js';

export interface ClusterOptions extends ServerOptions {
  /** Followers of each of the three primaries. Default: 1. */
  readonly followers?: 0 | 1;
}

/** The access is that of the first node; a client of a cluster learns of the others from it. */
export interface RedisCluster extends ServerAccess, AsyncDisposable {
  /** Whether primary or follower, which changes: ask `primaryOf`. */
  readonly nodes: readonly TestServer[];
  /** A user of all nodes whose keys begin with its space. */
  fresh(): Promise<ServerAccess>;
  /** As a server's, following redirections, by way of the first node that lives. */
  query(commands: string, as?: ServerAccess): Promise<string>;
  /** The node that takes writes of a key now, as the living nodes see it. */
  primaryOf(key: string): Promise<TestServer>;
}

const recipe = redisRecipe('redis', { clustered: true });

/** Starts three Redis primaries, each with a follower, as one cluster: a follower becomes primary two to four seconds after the loss of its own. */
export async function startRedisCluster(options: ClusterOptions = {}): Promise<RedisCluster> {
  await using cleanup = new AsyncDisposableStack();
  const timeoutMs = options.readyTimeoutMs ?? 120_000;
  // What the nodes share: the owner's password, the users and the authority.
  const scratch = cleanup.use(await createScratchFolder('redis-cluster'));
  await serverFolder(join(scratch.path, 'data'));
  const family = await choosePlace(recipe, scratch.path, options);
  await recipe.prepare(family, timeoutMs);

  const followers = options.followers ?? 1;
  const started = await Promise.allSettled(Array.from({ length: 3 + 3 * followers }, () => startServer(recipe, options, family)));
  const nodes = started.flatMap((each) => (each.status === 'fulfilled' ? [cleanup.use(each.value)] : []));
  const failed = started.find((each) => each.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const [first, ...others] = nodes;
  if (first === undefined) throw new Error('no node of the cluster was started');
  await formCluster(recipe, [first, ...others], followers, timeoutMs);
  const held = cleanup.move();

  const query = async (commands: string, as?: ServerAccess): Promise<string> => {
    const living = await firstLiving(nodes);
    const answer = await living.query(commands, as && { ...as, port: living.port });
    // The client's own words on where it went.
    return answer.replaceAll(/^-> Redirected to slot .*\n?/gm, '');
  };
  const { host, port, user, password, space, url, caFile } = first;
  return {
    host,
    port,
    user,
    password,
    space,
    url,
    caFile,
    nodes,
    query,
    fresh: () => freshSpace(recipe, first, (commands) => Promise.all(nodes.map((node) => node.query(commands)))),
    async primaryOf(key) {
      const slot = Number(await query(`CLUSTER KEYSLOT ${key}`));
      const primary = primaryOfSlot(parseClusterNodes(await query('CLUSTER NODES')), slot);
      const node = nodes.find((each) => each.port === primary?.port);
      if (node === undefined) throw new Error(`no node takes writes of slot ${slot}, which is that of the key ${key}`);
      return node;
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function firstLiving(nodes: readonly TestServer[]): Promise<TestServer> {
  for (const node of nodes) {
    try {
      await node.query('PING');
      return node;
    } catch {
      // The next one, then.
    }
  }
  throw new Error('no node of the cluster answers');
}
