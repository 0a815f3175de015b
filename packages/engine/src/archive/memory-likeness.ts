import { isHoldfastError } from '@holdfast/core';
import { imageKey, imageName } from '../images/memory-keys.js';
import { readMemoryNames } from '../images/read-memory-names.js';

/**
 * Which memory is most likely like which, by the images that an archive has brought so far: what a fork has in common is kept once. No more than a
 * hint, so images that do not tell give none.
 */
export async function memoryLikeness(contents: ReadonlyMap<string, Uint8Array>): Promise<ReadonlyMap<string, string>> {
  const names = [...contents.keys()].flatMap((key) => imageName(key) ?? []);
  try {
    const memory = await readMemoryNames(names, (name) => Promise.resolve(contents.get(imageKey(name)) ?? new Uint8Array()));
    return new Map(memory.flatMap(({ key, like }) => (like === undefined ? [] : [[key, like] as const])));
  } catch (error) {
    if (isHoldfastError(error) && error.kind === 'corrupt') return new Map();
    throw error;
  }
}
