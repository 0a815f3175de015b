import { GrowingSegments } from '../manifest/growing-segments.js';
import type { PageHashWriter } from '../manifest/page-hash-writer.js';
import { zeroBlock } from '../manifest/page-map.js';
import type { CollectedObject } from './collected-object.js';
import type { StoredObject } from './page-reference.js';

const pagesAtOnce = 4096;

/** Takes an object of the parent over as it is, with what is known of its pages' hashes. */
export async function keepObject(hashes: PageHashWriter, { map, hashes: known }: StoredObject): Promise<CollectedObject> {
  const segments = new GrowingSegments();
  const from = map.segments;
  for (let at = 0; at < from.length; at += 1) segments.append(from.blocks[at] ?? zeroBlock, from.indexes[at] ?? 0, from.counts[at] ?? 0);
  hashes.beginObject();
  for (let first = 0; first < map.pageCount; first += pagesAtOnce) {
    const count = Math.min(pagesAtOnce, map.pageCount - first);
    if (!known.has(first, count)) await known.load(first, count);
    for (let page = first; page < first + count; page += 1) {
      const at = hashes.next();
      known.get(page)?.copy(hashes.chunk, at);
    }
    if (hashes.wantsFlush) await hashes.flush();
  }
  return { map: { ...map, segments }, hashOffset: hashes.finishObject() };
}
