import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { WireError } from '../repository/protocol.js';
import { toWireError } from '../repository/wire-error.js';
import type { SnapshotOutcome } from './types.js';

/** One JSON line each way: `{"command":"snapshot"}` → `{"ok":…}` or `{"error":…}`. */
export type ControlRequest = { readonly command: 'snapshot' };
export type ControlResponse = { readonly ok: SnapshotOutcome } | { readonly error: WireError };

export function controlSocketPath(runDirectory: string): string {
  return join(runDirectory, 'control.sock');
}

/** Lets other processes of the same user reach a run. The socket lies in a folder of mode 0700 and has mode 0600 itself. */
export async function serveControl(runDirectory: string, snapshot: () => Promise<SnapshotOutcome>): Promise<AsyncDisposable> {
  const path = controlSocketPath(runDirectory);
  await rm(path, { force: true });
  const server = createServer((socket) => serve(socket, snapshot));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  await chmod(path, 0o600);
  server.unref();
  return { [Symbol.asyncDispose]: () => close(server) };
}

function serve(socket: Socket, snapshot: () => Promise<SnapshotOutcome>): void {
  socket.on('error', () => socket.destroy());
  createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    void answer(line, snapshot).then((response) => {
      if (!socket.destroyed) socket.write(`${JSON.stringify(response)}\n`);
    });
  });
}

async function answer(line: string, snapshot: () => Promise<SnapshotOutcome>): Promise<ControlResponse> {
  try {
    const request = JSON.parse(line) as Partial<ControlRequest>;
    if (request.command !== 'snapshot') throw new TypeError(`unknown command ${JSON.stringify(request.command)}`);
    return { ok: await snapshot() };
  } catch (error) {
    return { error: toWireError(error) };
  }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
