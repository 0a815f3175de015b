import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type ErrorCode, HoldfastError } from '@holdfast/core';

/** Where a deployment says that its tools are. What it leaves out is looked for in `searchPath`. */
export interface ToolPaths {
  readonly runc?: string | undefined;
  readonly criu?: string | undefined;
  /** The folder with Holdfast's own native helpers. */
  readonly native?: string | undefined;
}

/** Absolute paths of every program that the engine starts. */
export interface EngineTools {
  readonly runc: string;
  readonly criu: string;
  /** Pid 1 of a job. */
  readonly init: string;
  /** Holds a job's streams and outlives Holdfast. */
  readonly keeper: string;
  /** Runs what must not outlive Holdfast. */
  readonly guard: string;
  /** CRIU's action script. */
  readonly hook: string;
  /** Brings a job that was resumed lazily its memory. */
  readonly pager: string;
  /** Reads and writes directory trees for the file capture. */
  readonly tree: string;
  /** Makes copy-on-write copies of a frozen job's processes. */
  readonly twin: string;
  /** Says whether bytes lie in the terminals of a frozen job. */
  readonly terminals: string;
}

export type NativeTool = 'init' | 'keeper' | 'guard' | 'hook' | 'pager' | 'tree' | 'twin' | 'terminals';

export const nativeTools: readonly NativeTool[] = ['init', 'keeper', 'guard', 'hook', 'pager', 'tree', 'twin', 'terminals'];

/** Where programs lie on the systems that Holdfast runs on. */
const standardFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Finds every tool. Rejects with HF_RUNC_MISSING, HF_CRIU_MISSING or HF_NATIVE_MISSING, naming the path that was tried. */
export async function findTools(paths: ToolPaths): Promise<EngineTools> {
  const native = (name: NativeTool): Promise<string> => findNative(name, paths.native);
  return {
    runc: await findProgram('runc', paths.runc, 'HF_RUNC_MISSING'),
    criu: await findProgram('criu', paths.criu, 'HF_CRIU_MISSING'),
    init: await native('init'),
    keeper: await native('keeper'),
    guard: await native('guard'),
    hook: await native('hook'),
    pager: await native('pager'),
    tree: await native('tree'),
    twin: await native('twin'),
    terminals: await native('terminals'),
  };
}

export async function findProgram(name: 'runc' | 'criu', configured: string | undefined, code: ErrorCode): Promise<string> {
  for (const path of configured === undefined ? standardFolders.map((folder) => join(folder, name)) : [configured]) {
    if (await isExecutable(path)) return path;
  }
  throw new HoldfastError(code, {
    message: configured === undefined ? `${name} is in none of ${standardFolders.join(delimiter)}` : `${configured} is not an executable program`,
    kind: 'missing-requirement',
    operation: 'tools',
    hint: `script/bootstrap brings a ${name} that works on this machine; or name one in the configuration (tools.${name})`,
  });
}

export async function findNative(name: NativeTool, folder: string | undefined): Promise<string> {
  const path = folder === undefined ? undefined : join(folder, `holdfast-${name}`);
  if (path !== undefined && (await isExecutable(path))) return path;
  throw new HoldfastError('HF_NATIVE_MISSING', {
    message: path === undefined ? 'the folder of the native helpers is not named' : `the native helper ${path} is missing or not executable`,
    kind: 'missing-requirement',
    operation: 'tools',
    hint: 'script/bootstrap compiles the native helpers; or name their folder in the configuration (tools.native)',
  });
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
