import type { DumpOptions } from './dump.js';

/** What becomes of connected TCP sockets in a resumed job: `close`: end of file or EPIPE; `keep`: they go on, where the address is the same. */
export type TcpPolicy = 'close' | 'keep';

export interface CriuConfig {
  readonly tcp: TcpPolicy;
  /** The program that CRIU runs before it begins a dump, and before what it restored runs. */
  readonly hook?: string;
  /** The descriptor that CRIU's page server finds its client at, where memory is left out of the images. */
  readonly pageSocket?: number | undefined;
}

/** A number that neither runc nor CRIU comes to by itself; undefined where no page server is wanted. */
export function pageSocketOf({ withoutMemory = false, cover }: Pick<DumpOptions, 'withoutMemory' | 'cover'>): number | undefined {
  return withoutMemory && cover === undefined ? 200 : undefined;
}

/** The file that the bundle's annotation org.criu.config names: what runc has no option for. It overrides runc's own choices. */
export function criuConfigText({ tcp, hook, pageSocket }: CriuConfig): string {
  const lines = [
    tcp === 'close' ? 'tcp-close' : 'tcp-established',
    // A file that has lost its last name goes into the images whole, up to this size.
    `ghost-limit ${ghostLimitBytes}`,
    'ghost-fiemap',
    // A file that has lost the name it was opened by, but not its last one.
    'link-remap',
    'file-locks',
    // The restored processes belong into the new container's control groups, where runc starts CRIU; not into the old one's.
    'manage-cgroups ignore',
    // Nor need a dump look at them, which takes 13 ms of the freeze: no hierarchy has this name.
    'cgroup-dump-controller none',
    // Another size is found at the restore; runc and CRIU need not read whole programs for their build ids.
    'file-validation filesize',
    ...(hook === undefined ? [] : [`action-script ${hook}`]),
    // Without, it listens on a port of all of the machine's addresses, whatever runc's --page-server says.
    ...(pageSocket === undefined ? [] : [`ps-socket ${pageSocket}`]),
  ];
  return `${lines.join('\n')}\n`;
}

const ghostLimitBytes = 1024 ** 4;
