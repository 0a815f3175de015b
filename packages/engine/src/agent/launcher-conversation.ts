import type { Socket } from 'node:net';
import { HoldfastError } from '@holdfast/core';
import { type LauncherLine, type RestoredLine, restoredLine, type Verdict } from './protocol.js';

/** A launcher gives up an agent that says nothing for 5 s. */
const signOfLifeMs = 1000;

/** What is said to the launcher of one container, until it goes away. */
export interface LauncherConversation {
  /** Aborted when the launcher is gone: nobody will start the container. */
  readonly signal: AbortSignal;
  /** For the container's log. */
  say(text: string): void;
  /** The job has snapshots, and is on its way back; again with each step. */
  resuming(): void;
  /** The container's files are about to be changed. */
  touched(): void;
  /** Has the launcher restore; resolves with how that ended. Rejects with HF_ABORTED where the launcher goes away. */
  restore(how: Omit<Extract<Verdict, { do: 'restore' }>, 'do'>): Promise<RestoredLine>;
  /** The last word. */
  decide(verdict: Exclude<Verdict, { do: 'restore' }>): void;
}

export interface OpenConversation extends LauncherConversation, Disposable {
  /** A line that the launcher has said after its call. */
  hear(line: string): void;
}

/** Says a sign of life now and then until it is disposed of. */
export function openConversation(socket: Socket): OpenConversation {
  const gone = new AbortController();
  let awaited: PromiseWithResolvers<RestoredLine> | undefined;
  const write = (line: LauncherLine): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(line)}\n`);
  };
  const timer = setInterval(() => write({ wait: true }), signOfLifeMs);
  socket.once('close', () => {
    gone.abort();
    awaited?.reject(launcherGone());
  });
  return {
    signal: gone.signal,
    say: (text) => write({ say: shortened(text) }),
    resuming: () => write({ resuming: true }),
    touched: () => write({ touched: true }),
    restore: async (how) => {
      if (gone.signal.aborted) throw launcherGone();
      awaited = Promise.withResolvers<RestoredLine>();
      write({ do: 'restore', ...how });
      return await awaited.promise;
    },
    decide: (verdict) => write(verdict.do === 'fail' ? { ...verdict, message: shortened(verdict.message) } : verdict),
    hear: (line) => {
      const parsed = restoredLine.safeParse(parseJson(line));
      if (parsed.success) awaited?.resolve(parsed.data);
      else socket.destroy();
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** The launcher takes lines of 8 KiB; a character may need six bytes of one. */
const longestText = 1200;

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}

export function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function launcherGone(): HoldfastError {
  return new HoldfastError('HF_ABORTED', {
    message: 'the container’s launcher went away: its start was given up',
    kind: 'aborted',
    operation: 'agent.create',
  });
}
