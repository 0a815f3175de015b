import { readFile, statfs } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { type CallOptions, isHoldfastError } from '@holdfast/core';
import { execa } from 'execa';
import type { Caller } from '../container/caller.js';
import { findNative, findProgram, nativeTools, type ToolPaths } from '../container/tools.js';
import { lazyObstacle } from '../preflight/userfaultfd.js';
import { assertRights } from './assert-rights.js';
import type { DoctorCheck } from './types.js';

const deadlineMs = 20_000;

/** What Holdfast needs of this machine: kernel, programs. Without rights, a program that is not found may be there for root. */
export async function checkTools(paths: ToolPaths, hasRights: boolean, { signal }: CallOptions): Promise<readonly DoctorCheck[]> {
  const programs = [
    checkProgram('runc', paths.runc, 'HF_RUNC_MISSING', ['--version'], signal),
    checkProgram('criu', paths.criu, 'HF_CRIU_MISSING', ['--version'], signal),
    hasRights
      ? checkProgram('criu on this kernel', paths.criu, 'HF_CRIU_MISSING', ['check'], signal)
      : Promise.resolve(needsRoot('criu on this kernel')),
    checkNative(paths.native),
    hasRights ? checkLazy(paths.native) : Promise.resolve(needsRoot(lazyName)),
  ];
  const checks = await Promise.all([checkSystem(), checkFreezer(), checkSharedMemory()]);
  const found = await Promise.all(programs);
  return [...checks, ...found.map((check) => (check.ok || hasRights ? check : needsRoot(check.name)))];
}

/** A check that this user cannot make: no reason to claim that something is missing. */
export function needsRoot(name: string): DoctorCheck {
  return { name, ok: true, detail: 'needs root to tell', remedy: undefined, skipped: true };
}

async function checkSystem(): Promise<DoctorCheck> {
  const name = 'system';
  const system = `${platform()} ${arch()}`;
  if (platform() !== 'linux' || !['x64', 'arm64'].includes(arch())) {
    return { name, ok: false, detail: system, remedy: 'run Holdfast on Linux, on x86_64 (aarch64 is untested)' };
  }
  const release = (await readFile('/proc/sys/kernel/osrelease', 'utf8')).trim();
  return { name, ok: true, detail: `${system}, kernel ${release}`, remedy: undefined };
}

export function checkRights(caller: Pick<Caller, 'uid' | 'capabilities'>): DoctorCheck {
  const name = 'rights';
  try {
    assertRights(caller);
  } catch (error) {
    return fromError(name, error);
  }
  const limits = caller.capabilities.effective.includes('CAP_SYS_RESOURCE')
    ? ''
    : '; without CAP_SYS_RESOURCE a job of another user cannot be resumed';
  return { name, ok: true, detail: `root${limits}`, remedy: undefined };
}

async function checkFreezer(): Promise<DoctorCheck> {
  const name = 'freezer';
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  if (/ cgroup \S*\bfreezer\b/m.test(mounts)) return { name, ok: true, detail: 'cgroup version 1', remedy: undefined };
  if (/ cgroup2 /m.test(mounts)) return { name, ok: true, detail: 'cgroup version 2', remedy: undefined };
  return { name, ok: false, detail: 'no control group file system with a freezer is mounted', remedy: 'mount -t cgroup2 none /sys/fs/cgroup' };
}

async function checkProgram(
  name: string,
  configured: string | undefined,
  code: 'HF_RUNC_MISSING' | 'HF_CRIU_MISSING',
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<DoctorCheck> {
  try {
    const path = await findProgram(name === 'runc' ? 'runc' : 'criu', configured, code);
    const {
      failed,
      stdout,
      stderr,
      timedOut,
      exitCode,
      signal: killedBy,
    } = await execa(path, args, {
      reject: false,
      timeout: deadlineMs,
      forceKillAfterDelay: 1000,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      extendEnv: false,
      ...(signal === undefined ? {} : { cancelSignal: signal }),
    });
    const said = (stdout || stderr).split('\n').slice(0, 1).join('');
    if (!failed) return { name, ok: true, detail: `${said} (${path})`, remedy: undefined };
    const end = timedOut ? `gave no answer within ${deadlineMs / 1000} s` : `ended with ${killedBy ?? `status ${exitCode}`}`;
    return {
      name,
      ok: false,
      detail: `${[path, ...args].join(' ')} ${end}${stderr === '' ? '' : `: ${stderr.split('\n').slice(-3).join(' ')}`}`,
      remedy: 'script/bootstrap brings one that works on this machine',
    };
  } catch (error) {
    return fromError(name, error);
  }
}

async function checkNative(folder: string | undefined): Promise<DoctorCheck> {
  const name = 'native helpers';
  try {
    for (const tool of nativeTools) await findNative(tool, folder);
    return { name, ok: true, detail: folder ?? '', remedy: undefined };
  } catch (error) {
    return fromError(name, error);
  }
}

const lazyName = 'lazy resume';

/** Nothing is missing where it cannot be: resumes bring all memory first. */
async function checkLazy(folder: string | undefined): Promise<DoctorCheck> {
  const pager = await findNative('pager', folder).catch(() => undefined);
  // The check of the helpers tells of that.
  const obstacle = pager === undefined ? 'holdfast-pager is missing' : await lazyObstacle(pager);
  const detail = obstacle === undefined ? 'userfaultfd tells all that it must' : `not here, all memory comes before the job runs: ${obstacle}`;
  return { name: lazyName, ok: true, detail, remedy: undefined };
}

async function checkSharedMemory(): Promise<DoctorCheck> {
  const name = 'shared memory';
  const tmpfs = 0x0102_1994;
  const found = await statfs('/dev/shm').catch(() => undefined);
  if (found?.type === tmpfs) return { name, ok: true, detail: '/dev/shm is a tmpfs', remedy: undefined };
  return { name, ok: false, detail: '/dev/shm is not a tmpfs', remedy: 'mount -t tmpfs -o mode=1777 tmpfs /dev/shm' };
}

function fromError(name: string, error: unknown): DoctorCheck {
  if (!isHoldfastError(error)) throw error;
  return { name, ok: false, detail: error.message, remedy: error.hint };
}
