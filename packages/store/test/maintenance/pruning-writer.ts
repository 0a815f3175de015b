import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openRepository } from '@holdfast/store';
import { commitBytes, patternBytes } from '@holdfast/testkit/checkpoint-store';

/** A process that commits snapshots and prunes after each; mostly as one that looked for pins before a reader made his. */
const [root = '', rounds = '0', seed = '0'] = process.argv.slice(2);
const page = 4096;
const pins = join(root, 'jobs/job/pins');

/** Deterministic, from the seed. */
let state = Number(seed);
function below(limit: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return (state >>> 8) % limit;
}

const store = await openRepository({ root });
const epoch = await store.claim('job', { attempt: 'writer', host: 'h', pid: process.pid }, { kind: 'newest' });
let parent = epoch.from;
let rewrittenPacks = 0;
let content = patternBytes(900 * page, below(1000));
for (let round = 0; round < Number(rounds); round += 1) {
  // Either what is there loses some of its end, and its packs get sparse, or all of it is other bytes.
  content =
    content.length > 200 * page && below(5) > 0
      ? content.subarray(0, content.length - (1 + below(200)) * page)
      : patternBytes(900 * page, below(1000));
  parent = await commitBytes(store, epoch, parent, content);
  if (below(3) > 0) for (const pin of await readdir(pins).catch(() => [])) await rm(join(pins, pin), { force: true });
  rewrittenPacks += (await store.prune('job', { keep: 1 + below(2), graceMs: 0, repackBelow: 0.9 })).rewrittenPacks;
}
process.stdout.write(JSON.stringify({ rewrittenPacks }));
