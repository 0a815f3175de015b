import type { FreezerFiles } from './cgroup-files.js';

/** The program's name, as a process tells it. */
export const keeperName = 'holdfast-keeper';
export const pidFileOption = '--pid-file';

export interface KeeperArguments {
  readonly rootfs: string;
  readonly pidFile: string;
  readonly exitFile: string;
  readonly freezer: FreezerFiles;
  readonly deadlineMs: number;
  /** Bytes of the input that the job had consumed before. */
  readonly skipStdinBytes: number;
  /** Of a lazy resume: the program that brings its memory, where it finds what is missing, and how long it waits for a page. */
  readonly lazy?: { readonly pager: string; readonly folder: string; readonly patienceMs: number } | undefined;
  /** `runc ... run` or `restore`, detaching. */
  readonly command: readonly string[];
}

/** The arguments of holdfast-keeper. */
export function keeperArguments({
  rootfs,
  pidFile,
  exitFile,
  freezer,
  deadlineMs,
  skipStdinBytes,
  lazy,
  command,
}: KeeperArguments): readonly string[] {
  const options: Readonly<Record<string, string>> = {
    '--rootfs': rootfs,
    [pidFileOption]: pidFile,
    '--exit-file': exitFile,
    '--freezer': freezer.control,
    '--thaw': freezer.thawed,
    '--deadline-ms': String(deadlineMs),
    '--skip-stdin': String(skipStdinBytes),
    ...(lazy === undefined ? {} : { '--pager': lazy.pager, '--lazy-folder': lazy.folder, '--patience-ms': String(lazy.patienceMs) }),
  };
  return [...Object.entries(options).flat(), '--', ...command];
}
