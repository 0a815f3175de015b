import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { serverProgram } from './programs.js';
import type { Recipe } from './recipe.js';
import type { TestServer } from './server.js';

/** Makes one cluster of fresh nodes: three primaries, the rest their followers. Resolves when it is whole. */
export async function formCluster(
  recipe: Recipe,
  nodes: readonly [TestServer, ...TestServer[]],
  followers: number,
  timeoutMs: number,
): Promise<void> {
  const client = recipe.client(nodes[0]);
  const addresses = nodes.map(({ host, port }) => `${host}:${port}`);
  const create = ['--cluster', 'create', ...addresses, '--cluster-replicas', String(followers), '--cluster-yes'];
  await promisify(execFile)(serverProgram(client.program), [...client.arguments, ...create], {
    env: { ...process.env, ...client.env },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  await untilWhole(nodes, followers, timeoutMs);
}

/** Every node sees all slots served, and every follower has its primary's data. */
async function untilWhole(nodes: readonly TestServer[], followers: number, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const answers = await Promise.all(nodes.map((node) => node.query('CLUSTER INFO\nINFO replication')));
    const whole = answers.every((answer) => answer.includes('cluster_state:ok') && answer.includes(`cluster_known_nodes:${nodes.length}`));
    const following = answers.filter((answer) => answer.includes('master_link_status:up')).length;
    if (whole && following === 3 * followers) return;
    if (performance.now() > end) throw new Error(`the cluster is not whole after ${timeoutMs} ms:\n${answers.join('\n')}`);
    await sleep(50);
  }
}
