import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoppedJob } from '../agent/types.js';
import type { WireError } from '../repository/protocol.js';
import { toWireError } from '../repository/wire-error.js';
import type { SnapshotOutcome } from './types.js';

/** One JSON line each way: `{"command":"snapshot"}` → `{"ok":…}` or `{"error":…}`. */
export type ControlRequest = { readonly command: keyof RunControl };
export type ControlResponse = { readonly ok: unknown } | { readonly error: WireError };

/** What another process may ask of a run. */
export interface RunControl {
  snapshot(): Promise<SnapshotOutcome>;
  /** Resolves when the job has ended. */
  stop(): Promise<StoppedJob>;
}

export function controlSocketPath(runDirectory: string): string {
  return join(runDirectory, 'control.sock');
}

/**
 * Lets other processes of the same user reach a run. The socket lies in a folder of mode 0700 and has mode 0600 itself. Disposing of it sends the answers
 * that are due, then ends every connection.
 */
export async function serveControl(runDirectory: string, control: RunControl): Promise<AsyncDisposable> {
  const path = controlSocketPath(runDirectory);
  await rm(path, { force: true });
  const callers = new Callers(control);
  const server = createServer((socket) => callers.serve(socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  server.unref();
  return { [Symbol.asyncDispose]: () => close(server, callers) };
}

const lastAnswerMs = 1000;

class Callers {
  readonly #control: RunControl;
  readonly #sockets = new Set<Socket>();
  readonly #answers = new Set<Promise<void>>();

  constructor(control: RunControl) {
    this.#control = control;
  }

  serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
      const answered = this.#answer(line, socket).finally(() => this.#answers.delete(answered));
      this.#answers.add(answered);
    });
  }

  async end(): Promise<void> {
    // What was asked of a job that is left to another attempt is never answered.
    await Promise.race([Promise.all(this.#answers), delay(lastAnswerMs, undefined, { ref: false })]);
    for (const socket of this.#sockets) socket.destroy();
  }

  async #answer(line: string, socket: Socket): Promise<void> {
    const response = await this.#do(line);
    await new Promise<void>((resolve) => {
      socket.once('close', resolve);
      if (socket.destroyed) resolve();
      else socket.write(`${JSON.stringify(response)}\n`, () => resolve());
    });
  }

  async #do(line: string): Promise<ControlResponse> {
    try {
      const { command } = JSON.parse(line) as Partial<ControlRequest>;
      if (command === 'snapshot') return { ok: await this.#control.snapshot() };
      if (command === 'stop') return { ok: await this.#control.stop() };
      throw new TypeError(`unknown command ${JSON.stringify(command)}`);
    } catch (error) {
      return { error: toWireError(error) };
    }
  }
}

async function close(server: Server, callers: Callers): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  await callers.end();
  await closed;
}
