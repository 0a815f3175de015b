import { readFile } from 'node:fs/promises';
import { type CallOptions, isHoldfastError } from '@holdfast/core';
import { execa } from 'execa';
import type { DoctorCheck } from '../deployment/types.js';
import { freezerOfProcess, parseCgroups } from './cgroup-files.js';
import { parseMountInfo } from './host-mounts.js';
import { findNative, findProgram, nativeTools, type ToolPaths } from './tools.js';

/** What this machine needs to run containers that can be frozen and resumed; each check with what was found. */
export async function checkTools(paths: ToolPaths, { signal }: CallOptions = {}): Promise<readonly DoctorCheck[]> {
  return Promise.all([
    checkRoot(),
    checkFreezer(),
    check('runc', async () => firstLine(await findProgram('runc', paths.runc, 'HF_RUNC_MISSING'), signal)),
    check('criu', async () => firstLine(await findProgram('criu', paths.criu, 'HF_CRIU_MISSING'), signal)),
    check('native helpers', async () => {
      await Promise.all(nativeTools.map((name) => findNative(name, paths.native)));
      return paths.native ?? '';
    }),
  ]);
}

async function check(name: string, find: () => Promise<string>): Promise<DoctorCheck> {
  try {
    return { name, ok: true, detail: await find(), remedy: undefined };
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    return { name, ok: false, detail: error.message, remedy: error.hint };
  }
}

async function firstLine(program: string, signal: AbortSignal | undefined): Promise<string> {
  const { stdout } = await execa(program, ['--version'], {
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  return `${program}: ${stdout.split('\n')[0] ?? 'says nothing'}`;
}

async function checkRoot(): Promise<DoctorCheck> {
  const root = process.geteuid?.() === 0;
  return {
    name: 'root',
    ok: root,
    detail: root ? 'yes' : `user ${process.geteuid?.() ?? 'unknown'}`,
    remedy: root ? undefined : 'run as root: CRIU reads other processes whole',
  };
}

async function checkFreezer(): Promise<DoctorCheck> {
  const [mountInfo, own] = await Promise.all([readFile('/proc/self/mountinfo', 'utf8'), readFile('/proc/self/cgroup', 'utf8')]);
  const files = freezerOfProcess(parseMountInfo(mountInfo), parseCgroups(own));
  return files === undefined
    ? { name: 'freezer', ok: false, detail: 'no control groups are mounted', remedy: 'mount cgroup2 on /sys/fs/cgroup' }
    : { name: 'freezer', ok: true, detail: files.folder, remedy: undefined };
}
