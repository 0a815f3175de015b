import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePackEnd, encodePackHeader, packFooterBytes, packHeaderBytes, parsePackFooter, parsePackIndex } from '../src/pack/pack-index.js';

/** Moves all blocks of a pack to one of another name, as a repack does. */
export async function movePack(directory: string, from: string, to: string, repositoryId: string): Promise<void> {
  const pack = await readFile(join(directory, from));
  const at = parsePackFooter(pack.subarray(-packFooterBytes), pack.length);
  const entries = parsePackIndex(from, from, repositoryId, pack.subarray(0, packHeaderBytes), pack.subarray(at.indexOffset), at);
  const header = encodePackHeader(repositoryId, to);
  const end = encodePackEnd(header, entries, at.indexOffset);
  const temporary = join(directory, `tmp.${to}.0123456789abcdef`);
  await writeFile(temporary, Buffer.concat([header, pack.subarray(packHeaderBytes, at.indexOffset), end]));
  await rename(temporary, join(directory, to));
  await rm(join(directory, from));
}
