import type { ObjectMap } from '../manifest/page-map.js';

/** An object of the snapshot being written; its blocks are numbered as in the BlockCollector. */
export interface CollectedObject {
  readonly map: ObjectMap;
  /** 16 bytes a page, zeros where not known. */
  readonly pageHashes: Buffer;
}
