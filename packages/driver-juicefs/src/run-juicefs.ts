import { type CallOptions, HoldfastError, type PasswordSources } from '@holdfast/core';
import { execa } from 'execa';
import type { JuicefsConfig } from './config.js';
import { juicefsAccess } from './credentials.js';
import { complaints, juicefsFailure } from './errors.js';
import { notExecuted, withItsParent } from './with-its-parent.js';

/** How this machine runs the juicefs program for one volume. */
export interface JuicefsProgram {
  readonly config: JuicefsConfig;
  readonly sources: PasswordSources;
}

export interface JuicefsRun extends CallOptions {
  /** No secret among them: everybody can read a process's arguments. */
  readonly args: readonly string[];
  readonly operation: string;
  readonly timeoutMs: number;
}

export interface JuicefsOutput {
  readonly exitCode: number;
  readonly stdout: string;
  /** Warnings and errors of its log, without times and places. */
  readonly complaints: readonly string[];
}

export function juicefsPath({ config, sources }: JuicefsProgram): string {
  return config.program ?? sources.environment?.['HOLDFAST_JUICEFS'] ?? 'juicefs';
}

/** Runs a command of juicefs to its end, whatever its status. Rejects where it does not start, is late or aborted. It does not outlive this process. */
export async function runJuicefs(program: JuicefsProgram, { args, operation, timeoutMs, signal }: JuicefsRun): Promise<JuicefsOutput> {
  const path = juicefsPath(program);
  const { name } = program.config;
  if (signal?.aborted === true) throw aborted(operation, name);
  const { env, argumentsOf } = await juicefsAccess(program.config, program.sources, args[0] ?? '', signal === undefined ? {} : { signal });
  const [command, commandArgs] = withItsParent(path, argumentsOf(args));
  const result = await execa(command, commandArgs, {
    env,
    extendEnv: false,
    cwd: '/',
    stdin: 'ignore',
    reject: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 2000,
    maxBuffer: 4 * 1024 * 1024,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  if (result.isCanceled) throw aborted(operation, name);
  const said = complaints(result.stderr);
  if (result.timedOut) {
    const last = said.at(-1);
    throw new HoldfastError('HF_STORAGE_TIMEOUT', {
      kind: 'timeout',
      retry: 'yes',
      message: `juicefs ${args[0]} of the volume '${name}' did not end within ${timeoutMs / 1000} s${last === undefined ? '' : `; it said last: ${last}`}`,
      operation,
      hint: 'Look whether the metadata engine and the bucket can be reached from here',
    });
  }
  const why = result.exitCode === 126 || result.exitCode === 127 ? notExecuted.exec(result.stderr)?.groups?.['why'] : undefined;
  if (result.exitCode === undefined || why !== undefined) throw notStarted(path, operation, why ?? result.code, result.signal);
  return { exitCode: result.exitCode, stdout: result.stdout, complaints: said };
}

/** Runs a command that has to end well, and gives what it printed. */
export async function runJuicefsWell(program: JuicefsProgram, run: JuicefsRun): Promise<string> {
  const { exitCode, stdout, complaints } = await runJuicefs(program, run);
  if (exitCode !== 0) throw juicefsFailure({ command: run.args[0] ?? '', exitCode, complaints, operation: run.operation, config: program.config });
  return stdout;
}

function notStarted(path: string, operation: string, code: string | undefined, signal: string | undefined): HoldfastError {
  return new HoldfastError('HF_REQUIREMENT', {
    kind: 'missing-requirement',
    message:
      signal === undefined
        ? `The juicefs program '${path}' does not start (${code ?? 'no reason given'})`
        : `The juicefs program '${path}' was ended by ${signal}`,
    operation,
    hint: "Install JuiceFS 1.4 (docs/juicefs.md says how), or give its path as 'program' or in HOLDFAST_JUICEFS",
  });
}

function aborted(operation: string, name: string): HoldfastError {
  return new HoldfastError('HF_ABORTED', { kind: 'aborted', message: `${operation} of the volume '${name}' was aborted`, operation });
}
