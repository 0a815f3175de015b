import { readFile } from 'node:fs/promises';
import { debianPrograms, type Victim, victims } from '@holdfast/testkit/victims';
import type { SurvivalOptions } from './options.ts';

/** Those whose files an image can be made of, one of each kind. */
const inContainers = new Set(
  'counter shell python perl java node-24 gawk bwa-mem minimap2 clustalo hmmer g++ make sort pipe xz zstd tar-xz sqlite sockets lua ruby r strace'.split(
    ' ',
  ),
);

/** What docs/container.md says that cannot be frozen. That it is refused by name is what is expected of it. */
const cannotBeFrozen = new Set(['strace', 'bubblewrap', 'fio-io_uring']);
/** Of another user than root. */
const otherUsers = new Set(['postgres']);
const capSysResource = 24n;

/** True where it is known that this program, or any like it on this machine, does not survive. */
export async function isKnownToFail({ name }: Victim): Promise<boolean> {
  if (cannotBeFrozen.has(name)) return true;
  if (!otherUsers.has(name)) return false;
  const rights = /^CapEff:\s+([0-9a-f]+)$/m.exec(await readFile('/proc/self/status', 'latin1'))?.[1] ?? '0';
  return (BigInt(`0x${rights}`) & (1n << capSysResource)) === 0n;
}

/** Throws where no program has that name. */
export function chosenPrograms({ in: surroundings, programs: names }: SurvivalOptions): readonly Victim[] {
  const all = [...victims, ...debianPrograms()];
  if (names === undefined) return surroundings === 'run' ? all : all.filter(({ name }) => inContainers.has(name));
  return names.map((name) => {
    const found = all.find((program) => program.name === name);
    if (found === undefined) throw new Error(`no program is named '${name}'; there are ${all.map((program) => program.name).join(', ')}`);
    return found;
  });
}
