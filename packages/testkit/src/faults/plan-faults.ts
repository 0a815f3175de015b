import type { Fault } from './fault.js';
import type { RandomSource } from './random-source.js';
import type { RepositoryFile } from './repository-files.js';

/**
 * Faults over all files given: each file is removed once, swapped with another of its kind once, and cut and flipped at random places;
 * flips are spread so that small files and the first and last bytes of each are hit too.
 */
export function planFaults(files: readonly RepositoryFile[], count: number, random: RandomSource): readonly Fault[] {
  const faults: Fault[] = [];
  for (const { path, kind, sizeBytes } of files) {
    faults.push({ kind: 'remove', path });
    const others = files.filter((other) => other.kind === kind && other.path !== path);
    const other = others[random(others.length)];
    if (other !== undefined) faults.push({ kind: 'swap', path, other: other.path });
    faults.push({ kind: 'truncate', path, sizeBytes: 0 }, { kind: 'truncate', path, sizeBytes: sizeBytes - 1 });
    faults.push({ kind: 'flip', path, offset: 0, mask: 1 << random(8) }, { kind: 'flip', path, offset: sizeBytes - 1, mask: 1 << random(8) });
  }
  while (faults.length < count) {
    const file = files[random(files.length)];
    if (file === undefined) break;
    if (random(6) === 0) faults.push({ kind: 'truncate', path: file.path, sizeBytes: random(file.sizeBytes) });
    else faults.push({ kind: 'flip', path: file.path, offset: random(file.sizeBytes), mask: 1 + random(255) });
  }
  return faults;
}

export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'flip':
      return `${fault.path}: byte ${fault.offset} changed by ${fault.mask}`;
    case 'truncate':
      return `${fault.path}: cut to ${fault.sizeBytes} bytes`;
    case 'remove':
      return `${fault.path}: removed`;
    case 'swap':
      return `${fault.path}: exchanged with ${fault.other}`;
  }
}
