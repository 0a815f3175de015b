import { dirname } from 'node:path';
import { execa } from 'execa';
import { markName } from './marked-processes.js';
import type { EngineTools } from './tools.js';

/** How runc is called for one machine: its program and where it keeps what it knows of containers. */
export interface Runc {
  readonly tools: Pick<EngineTools, 'runc' | 'criu' | 'guard'>;
  /** runc's --root. */
  readonly root: string;
  /** runc's own words; they must never get into a job's streams. */
  readonly log: string;
}

export interface RuncResult {
  readonly ok: boolean;
  readonly timedOut: boolean;
  readonly exitCode: number | undefined;
  readonly words: string;
}

/** runc looks for CRIU on PATH (from 1.2 on its --criu is ignored), CRIU for iptables. Nothing of the caller's environment gets in. */
function searchPath({ criu }: Pick<EngineTools, 'criu'>): string {
  return `${dirname(criu)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
}

/** What a helper that calls runc for a container finds in its environment. */
export function helperEnvironment({ tools }: { readonly tools: Pick<EngineTools, 'criu'> }, id: string): Readonly<Record<string, string>> {
  return { PATH: searchPath(tools), [markName]: id };
}

export function runcCommand({ tools, root, log }: Runc, words: readonly string[]): readonly [string, ...string[]] {
  return [tools.runc, '--root', root, '--log', log, '--log-format', 'json', ...words];
}

/** Runs a short command of runc: kill, delete, state. Never rejects: the result tells. */
export async function callRunc(runc: Runc, words: readonly string[], timeoutMs: number): Promise<RuncResult> {
  const [program, ...rest] = runcCommand(runc, words);
  const { failed, timedOut, exitCode, all } = await execa(program, rest, {
    all: true,
    // A Ctrl-C of the terminal goes to its whole foreground group, and must not leave a container half removed.
    detached: true,
    env: { PATH: searchPath(runc.tools) },
    extendEnv: false,
    forceKillAfterDelay: 1000,
    maxBuffer: 1024 * 1024,
    reject: false,
    stdin: 'ignore',
    timeout: timeoutMs,
  });
  return { ok: !failed, timedOut, exitCode, words: all ?? '' };
}
