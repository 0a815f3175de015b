import type { MountConfig } from '../config-mount.js';

/** Options of a mount that is there, which decide what can be promised of it. */
export interface SeenOptions {
  readonly readOnly: boolean;
  /** Blocks are staged on this machine's disk. */
  readonly writeback: boolean;
  /** What is written stays in the kernel's memory for a while. */
  readonly kernelWriteback: boolean;
  readonly subdirectory: string;
  /** Names, sizes or contents that another machine changed may be seen late. */
  readonly cachesNames: boolean;
}

/** Why a mount that is there cannot be used in place of one of one's own; undefined where it can. Pure. */
export function unusableOption({ readOnly, writeback }: Pick<MountConfig, 'readOnly' | 'writeback'>, seen: SeenOptions): string | undefined {
  const told = (option: string, is: boolean): string => `the volume is mounted there with '${option}' ${is}, and the configuration says ${!is}`;
  if (seen.writeback !== writeback) return told('mount.writeback', seen.writeback);
  if (seen.readOnly !== readOnly) return told('mount.readOnly', seen.readOnly);
  if (seen.kernelWriteback) return "the volume is mounted there with the option 'writeback_cache'";
  if (seen.subdirectory !== '') return `only '${seen.subdirectory}' of the volume is mounted there, by the option 'subdir'`;
  if (seen.cachesNames)
    return "the volume is mounted there with a cache of names or attributes ('attr-cache', 'entry-cache', 'dir-entry-cache', 'open-cache')";
  return undefined;
}
