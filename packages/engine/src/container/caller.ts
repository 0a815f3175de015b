import { readFile } from 'node:fs/promises';

/** What a job inherits from who runs Holdfast. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly umask: number;
  /** Names such as CAP_CHOWN. */
  readonly capabilities: CapabilitySets;
  readonly noNewPrivileges: boolean;
  readonly openFiles: { readonly soft: number; readonly hard: number } | undefined;
}

export interface CapabilitySets {
  readonly bounding: readonly string[];
  readonly effective: readonly string[];
  readonly permitted: readonly string[];
  readonly inheritable: readonly string[];
  readonly ambient: readonly string[];
}

export async function readCaller(): Promise<Caller> {
  const [status, limits] = await Promise.all([readFile('/proc/self/status', 'utf8'), readFile('/proc/self/limits', 'utf8')]);
  return parseCaller(status, limits);
}

/** Parses /proc/PID/status and /proc/PID/limits. */
export function parseCaller(status: string, limits: string): Caller {
  const fields = new Map(status.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  const field = (name: string): string => fields.get(name) ?? '';
  const ids = (name: string): number[] => field(name).split(/\s+/).filter(Boolean).map(Number);
  const set = (name: string): readonly string[] => namesOfCapabilities(field(name));
  const bounding = set('CapBnd');
  // What is outside the bounding set cannot be had by a program that is executed, and runc refuses to ask for it.
  const within = (names: readonly string[]): readonly string[] => names.filter((name) => bounding.includes(name));
  return {
    uid: ids('Uid')[1] ?? 0,
    gid: ids('Gid')[1] ?? 0,
    groups: ids('Groups'),
    umask: Number.parseInt(field('Umask') || '22', 8),
    capabilities: {
      bounding,
      effective: within(set('CapEff')),
      permitted: within(set('CapPrm')),
      inheritable: within(set('CapInh')),
      ambient: within(set('CapAmb')),
    },
    noNewPrivileges: field('NoNewPrivs') === '1',
    openFiles: openFilesLimit(limits),
  };
}

function openFilesLimit(limits: string): Caller['openFiles'] {
  const match = /^Max open files\s+(\d+)\s+(\d+)/m.exec(limits);
  return match === null ? undefined : { soft: Number(match[1]), hard: Number(match[2]) };
}

/** In the order of their bits in the kernel. */
const capabilityNames =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'.split(
    ' ',
  );

/** Bits that this list does not know (a newer kernel's) are left out: runc would not know them either. */
export function namesOfCapabilities(hexadecimal: string): readonly string[] {
  const bits = BigInt(`0x${hexadecimal || '0'}`);
  return capabilityNames.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n).map((name) => `CAP_${name}`);
}
