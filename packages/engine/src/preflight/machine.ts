import { readFile } from 'node:fs/promises';
import { arch, hostname, release } from 'node:os';
import { execa } from 'execa';
import { type CpuDescription, parseCpuInfo } from './cpu.js';

/** The machine that a snapshot was taken on, or is to come back on. */
export interface MachineDescription {
  readonly kernel: string;
  readonly architecture: string;
  readonly name: string;
  readonly cpu?: CpuDescription | undefined;
  /** CRIU's version, such as `4.2.1`. */
  readonly criu?: string | undefined;
}

const criuDeadlineMs = 10_000;

/** What cannot be found out is left out. */
export async function describeMachine(criu: string): Promise<MachineDescription> {
  const [cpuInfo, version] = await Promise.all([readFile('/proc/cpuinfo', 'utf8').catch(() => ''), criuVersion(criu)]);
  return { kernel: release(), architecture: arch(), name: hostname(), cpu: parseCpuInfo(cpuInfo), criu: version };
}

async function criuVersion(criu: string): Promise<string | undefined> {
  const { stdout } = await execa(criu, ['--version'], {
    reject: false,
    timeout: criuDeadlineMs,
    forceKillAfterDelay: 1000,
    stdin: 'ignore',
    // CRIU may be a script of a private root. It needs no word of a secret that this process was given.
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    extendEnv: false,
  });
  return /^Version:\s*(\S+)/m.exec(stdout)?.[1];
}
