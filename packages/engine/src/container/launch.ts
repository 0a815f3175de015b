import { chmod, rm } from 'node:fs/promises';
import { HoldfastError } from '@holdfast/core';
import type { ContainerOptions } from './container-options.js';
import { writeContainerRecord } from './container-record.js';
import type { Freezer } from './freezer.js';
import { inheritedStreams, Keeper } from './keeper.js';
import { keeperArguments } from './keeper-arguments.js';
import type { KeeperEvent } from './keeper-lines.js';
import { type ContainerLayout, cgroupPathOf } from './layout.js';
import { namedFailure } from './named-failure.js';
import { processIdentity } from './process-identity.js';
import { readLogs } from './read-log.js';
import { watchCriu } from './restore-watch.js';
import { helperEnvironment, type Runc, runcCommand } from './runc.js';

export interface Launch {
  readonly options: ContainerOptions;
  readonly layout: ContainerLayout;
  readonly runc: Runc;
  readonly freezer: Freezer;
  /** `run` or `restore` with its own options; what both share is added. */
  readonly words: readonly string[];
  readonly operation: 'start' | 'restore';
  readonly deadlineMs: number;
  readonly skipStdinBytes: number;
  readonly logs: readonly string[];
  /** How long a page may be waited for where memory comes later. */
  readonly lazy?: { readonly patienceMs: number } | undefined;
}

export interface Launched {
  readonly keeper: Keeper;
  readonly initPid: number;
}

/** Starts the keeper, and by it runc. The bundle's configuration is gone then. When it rejects, no process of the container is left. */
export async function launch({
  options,
  layout,
  runc,
  freezer,
  words,
  operation,
  deadlineMs,
  skipStdinBytes,
  logs,
  lazy,
}: Launch): Promise<Launched> {
  const { id, signal } = options;
  throwIfAborted(signal, operation);
  const record = { version: 1, id, cgroupPath: cgroupPathOf(id), freezerFolder: freezer.files.folder } as const;
  // Before the keeper is there: whatever it makes can be found.
  await writeContainerRecord(layout.record, record);
  const [verb = 'run', ...rest] = words;
  const keeper = Keeper.start(
    options.tools.keeper,
    keeperArguments({
      rootfs: layout.rootfs,
      pidFile: layout.pidFile,
      exitFile: layout.exitFile,
      freezer: freezer.files,
      deadlineMs,
      skipStdinBytes,
      lazy: lazy === undefined ? undefined : { ...lazy, pager: options.tools.pager, folder: layout.work },
      command: runcCommand(runc, [verb, '--detach', '--pid-file', layout.pidFile, '--bundle', layout.bundle, ...rest, id]),
    }),
    options.streams ?? inheritedStreams,
    helperEnvironment(runc, id),
  );
  const identity = processIdentity(keeper.pid);
  if (identity !== undefined) await writeContainerRecord(layout.record, { ...record, keeper: identity });
  const onAbort = (): void => void keeper.ask('abort');
  signal?.addEventListener('abort', onAbort, { once: true });
  const launched = new AbortController();
  if (operation === 'restore') void watchCriu(id, launched.signal).catch(() => undefined);
  try {
    const said = await keeper.started;
    if (said?.type === 'started') {
      // The job may have removed it: nothing reads it any more.
      await chmod(layout.pidFile, 0o600).catch(() => undefined);
      return { keeper, initPid: said.pid };
    }
    await keeper.ended;
    throw await launchFailure(said, operation, deadlineMs, [...logs, runc.log], layout.work);
  } finally {
    launched.abort();
    signal?.removeEventListener('abort', onAbort);
    // It holds the job's environment, where passwords may be, and runc reads it no more.
    await rm(layout.config, { force: true });
  }
}

async function launchFailure(
  said: KeeperEvent | undefined,
  operation: 'start' | 'restore',
  deadlineMs: number,
  logs: readonly string[],
  logFolder: string,
): Promise<HoldfastError> {
  const reason = said?.type === 'failed' ? said.reason : 'runtime';
  if (reason === 'aborted') return new HoldfastError('HF_ABORTED', { message: `the ${operation} was aborted`, kind: 'aborted', operation });
  if (reason === 'deadline') {
    return new HoldfastError(operation === 'start' ? 'HF_START_FAILED' : 'HF_RESTORE_TIMEOUT', {
      message: `the ${operation} was given up after ${deadlineMs} ms`,
      kind: 'timeout',
      operation,
      context: { logFolder },
      hint:
        operation === 'start'
          ? 'runc did not finish: see its log'
          : 'CRIU did not finish: the machine may lack memory for the job, or its disk may be too slow',
    });
  }
  return namedFailure({
    code: operation === 'start' ? 'HF_START_FAILED' : 'HF_RESTORE_FAILED',
    operation,
    log: await readLogs(logs),
    exitCode: said?.type === 'failed' ? said.status : undefined,
    logFolder,
  });
}

export function throwIfAborted(signal: AbortSignal | undefined, operation: string): void {
  if (signal?.aborted === true) throw new HoldfastError('HF_ABORTED', { message: `the ${operation} was aborted`, kind: 'aborted', operation });
}
