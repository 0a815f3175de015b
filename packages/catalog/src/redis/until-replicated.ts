import type { RedisPort } from './connection.js';

/** A replica that follows has a write within milliseconds; one that does not must not hold up everybody. */
const patienceMs = 200;

/**
 * Waits for a moment until a replica has what was written, where one follows: so a fail-over right after loses less. That it does not,
 * or that the server does not tell whether replicas follow, fails nothing: whoever relies on a lease asks the repository.
 */
export async function untilReplicated(port: RedisPort, key: string): Promise<void> {
  try {
    // Named with a key of the written slot, both go to the node that has the write, by the connection that wrote it.
    const [, info] = await port.sendTogether([
      ['exists', key],
      ['info', 'replication'],
    ]);
    const followers = Number(/^connected_slaves:(\d+)/mu.exec(String(info))?.[1] ?? 0);
    if (followers === 0) return;
    await port.sendTogether([
      ['exists', key],
      ['wait', 1, patienceMs],
    ]);
  } catch {
    // See above.
  }
}
