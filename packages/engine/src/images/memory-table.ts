import type { ObjectInput } from '@holdfast/core';
import { HoldfastError, pageSizeBytes } from '@holdfast/core/basics';
import { memoryKey } from './memory-keys.js';
import type { MemoryName } from './memory-names.js';

/** The object that tells which page map an object of memory belongs to, where its key does not. */
export const memoryTableKey = 'memory-table';

/** Undefined where every key tells. */
export function memoryTableObject(names: readonly MemoryName[]): ObjectInput | undefined {
  const entries = names.filter(({ pagemapName, key }) => key !== memoryKey(pagemapName)).map(({ pagemapName, key }) => [pagemapName, key] as const);
  if (entries.length === 0) return undefined;
  const bytes = Buffer.from(JSON.stringify({ version: 1, keys: Object.fromEntries(entries) }));
  const extents = [{ firstPage: 0, pageCount: Math.ceil(bytes.length / pageSizeBytes), sourceOffset: 0 }];
  return { key: memoryTableKey, kind: 'image', sizeBytes: bytes.length, source: { kind: 'bytes', bytes }, extents };
}

/** By the page map's name: the key of its pages. Throws with kind `corrupt`, or `newer-format`. */
export function parseMemoryTable(bytes: Uint8Array): ReadonlyMap<string, string> {
  const table = parseJson(bytes);
  const version = typeof table === 'object' && table !== null && 'version' in table ? table.version : undefined;
  if (typeof version === 'number' && version > 1) {
    throw new HoldfastError('HF_FORMAT_NEWER', {
      message: `the snapshot's table of memory has version ${version}; this Holdfast knows version 1`,
      kind: 'newer-format',
      operation: 'restore',
    });
  }
  const keys = typeof table === 'object' && table !== null && 'keys' in table ? table.keys : undefined;
  if (version !== 1 || typeof keys !== 'object' || keys === null) throw corrupt();
  const parsed = Object.entries(keys).map(([name, key]: [string, unknown]) => {
    if (typeof key !== 'string') throw corrupt();
    return [name, key] as const;
  });
  return new Map(parsed);
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw corrupt();
  }
}

function corrupt(): HoldfastError {
  return new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: "the snapshot's table of memory cannot be read",
    kind: 'corrupt',
    operation: 'restore',
  });
}
