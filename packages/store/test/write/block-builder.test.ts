import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import { expect, test } from 'vitest';
import type { PackWriter } from '../../src/pack/pack-writer.js';
import type { BlockWorkers } from '../../src/workers/block-workers.js';
import type { EncodeRequest } from '../../src/workers/tasks.js';
import type { BlockCollector } from '../../src/write/block-collector.js';
import { BlockBuilder, type OldSelf } from '../../src/write/block-builder.js';

const bytes = patternBytes(4096, 1);

test('a block has 64 bases at most; a page whose older self is in one of them still comes into it', async () => {
  const requests: EncodeRequest[] = [];
  let reserved = 0;
  const workers = {
    width: 1,
    encode: (_slot: unknown, request: EncodeRequest) => {
      requests.push(request);
      return Promise.resolve({ codec: 'raw', lengthBytes: 1, usedBases: [] });
    },
  };
  const blocks = { mayBeBase: () => true, reserve: () => (reserved += 1), idOf: (ordinal: number) => `base-${ordinal}`, settle: () => undefined };
  const packs = { append: () => Promise.resolve({}) };
  const builder = new BlockBuilder(workers as unknown as BlockWorkers, true, packs as unknown as PackWriter, blocks as unknown as BlockCollector);
  const file: { retain(): unknown; release(): Promise<void>; descriptor: number } = {
    retain: () => file,
    release: () => Promise.resolve(),
    descriptor: 0,
  };
  const olds = [...Array.from({ length: 64 }, (_none, number) => number), 0, 63, 64, 65];
  await builder.makeRoom();
  for (const block of olds) builder.add(bytes, 0, { block, index: 0, hash: Buffer.alloc(16), file, offset: 0 } as unknown as OldSelf);
  await builder.finish();
  expect(requests.map(({ pageCount, bases }) => [pageCount, bases.length])).toEqual([
    [66, 64],
    [2, 2],
  ]);
});
