// The process that does all repository I/O, started by client.ts. It can be abandoned: a hung mount leaves its threads in
// uninterruptible sleep, and the engine goes on without it.
import { getPriority, setPriority } from 'node:os';
import { createCalls } from './calls.js';
import type { RequestMessage, ResponseMessage } from './protocol.js';
import { toWireError } from './wire-error.js';

// No job stands still for what is done here, unlike for what the agent does itself: jobs come before it. Before any thread of it is there.
if (getPriority() < 0) setPriority(0);

const calls = createCalls();
const running = new Map<number, AbortController>();

const send = (message: ResponseMessage): void => {
  // A lost channel means that the engine is gone; `disconnect` ends this process.
  if (process.connected) process.send?.(message, () => undefined);
};

async function serve(message: Extract<RequestMessage, { type: 'call' }>): Promise<void> {
  const { id, name, args } = message;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const call = calls[name] as (...args: readonly unknown[]) => Promise<unknown>;
    const progress = (...values: readonly number[]): void => send({ type: 'progress', id, values });
    const value = await call({ signal: controller.signal, progress }, ...args);
    send({ type: 'result', id, value });
  } catch (error) {
    send({ type: 'error', id, error: toWireError(error) });
  } finally {
    running.delete(id);
  }
}

process.on('message', (message: RequestMessage) => {
  if (message.type === 'cancel') running.get(message.id)?.abort();
  else void serve(message);
});
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
send({ type: 'ready' });
