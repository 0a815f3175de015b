import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rewriteMemory } from '../../src/images/rewrite-memory.js';

const old = '/v2/credentials/0a1b2c3d-0000-4444-8888-0123456789ab';
const value = '/v2/credentials/ffffffff-eeee-4ddd-8ccc-bbbbbbbbbbbb';
const rewrite = { prefix: '/v2/credentials/', rest: /^[0-9a-f-]{36}$/, value };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-rewrite-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function rewritten(name: string, before: Buffer, pieceBytes?: number): Promise<{ readonly count: number; readonly after: Buffer }> {
  await writeFile(join(folder, name), before);
  const count = await rewriteMemory(folder, rewrite, pieceBytes === undefined ? {} : { pieceBytes });
  return { count, after: await readFile(join(folder, name)) };
}

describe('a word of the memory that is another one after the resume', () => {
  it('is changed wherever it stands, in each way of keeping text, and nothing else is', async () => {
    const parts = (word: string): Buffer =>
      Buffer.concat([Buffer.alloc(5000, 1), Buffer.from(`A=${word}\0B=1\0`), Buffer.from(word, 'utf16le'), Buffer.alloc(77, 2), Buffer.from(word)]);
    const { count, after } = await rewritten('pages-1.img', parts(old));
    expect(count).toBe(3);
    expect(after.equals(parts(value))).toBe(true);
  });

  it('is found at every place of the pieces in which a file is read, once', async () => {
    for (let shift = 0; shift < 130; shift += 1) {
      const around = (word: string): Buffer => Buffer.concat([Buffer.alloc(shift, 7), Buffer.from(word), Buffer.alloc(300, 9)]);
      const { count, after } = await rewritten('pages-1.img', around(old), 64);
      expect({ shift, count, same: after.equals(around(value)) }).toEqual({ shift, count: 1, same: true });
    }
  });

  it('stays where it is not of the same shape, is the new one already, is cut off, or is no memory', async () => {
    const others = Buffer.from(
      `/v2/credentials/short ${value} /v2/credentials/${'Z'.repeat(36)} /v3/credentials/${old.slice(16)} ${old.slice(0, -1)}`,
    );
    expect(await rewritten('pages-2.img', others)).toEqual({ count: 0, after: others });
    const image = Buffer.from(old);
    expect(await rewritten('core-1.img', image)).toEqual({ count: 0, after: image });
  });
});
