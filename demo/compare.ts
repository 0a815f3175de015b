import { statSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '@holdfast/core';
import { paint } from './timeline.ts';

export type Digests = Readonly<Record<string, string>>;

/** Prints each output's checksum beside that of the undisturbed run; true where all are the same. */
export function compareOutputs(directory: string, undisturbed: Digests, survived: Digests): boolean {
  let same = true;
  console.log(`  ${'output'.padEnd(16)}${'size'.padStart(10)}   ${'undisturbed (SHA-256)'.padEnd(24)}${'killed and resumed'.padEnd(24)}`);
  for (const [name, digest] of Object.entries(undisturbed)) {
    const found = survived[name] ?? 'missing';
    const good = found === digest && digest !== 'missing';
    same &&= good;
    const size = digest === 'missing' ? '-' : formatSize(statSync(join(directory, name)).size);
    const verdict = good ? paint(32, 'the same') : paint(31, 'DIFFERENT');
    console.log(`  ${name.padEnd(16)}${size.padStart(10)}   ${digest.slice(0, 20).padEnd(24)}${found.slice(0, 20).padEnd(24)}${verdict}`);
  }
  return same;
}
