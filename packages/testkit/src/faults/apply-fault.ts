import { open, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.js';

/** Does the injury, in place, and hands the way to undo it. Nothing else may use the files meanwhile. */
export async function applyFault(root: string, fault: Fault): Promise<() => Promise<void>> {
  const path = join(root, fault.path);
  switch (fault.kind) {
    case 'flip': {
      const flip = (): Promise<void> => flipByte(path, fault.offset, fault.mask);
      await flip();
      return flip;
    }
    case 'truncate': {
      const content = await readFile(path);
      await truncate(path, fault.sizeBytes);
      return () => writeFile(path, content);
    }
    case 'remove': {
      const content = await readFile(path);
      await rm(path);
      return () => writeFile(path, content, { mode: 0o600 });
    }
    case 'swap': {
      const swap = (): Promise<void> => exchange(path, join(root, fault.other));
      await swap();
      return swap;
    }
  }
}

async function flipByte(path: string, offset: number, mask: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    byte[0] = (byte[0] ?? 0) ^ mask;
    await file.write(byte, 0, 1, offset);
  } finally {
    await file.close();
  }
}

async function exchange(one: string, other: string): Promise<void> {
  const aside = `${one}.aside`;
  await rename(one, aside);
  await rename(other, one);
  await rename(aside, other);
}
