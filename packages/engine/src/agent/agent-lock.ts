import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HoldfastError } from '@holdfast/core';

/** What two agents must not share: what one notes of containers, and where launchers reach it. */
export interface AgentPlaces {
  readonly stateDirectory: string;
  readonly socket: string;
}

/**
 * Makes this process the only agent of its state directory and of its socket, until it is disposed of or dies: the kernel gives the locks back. Rejects with
 * HF_AGENT_RUNNING where another process has one of them; nothing is held then.
 */
export async function lockAgent({ stateDirectory, socket }: AgentPlaces): Promise<Disposable> {
  using held = new DisposableStack();
  for (const [path, what, setting] of [
    [join(stateDirectory, 'agent', 'lock'), `the state directory ${stateDirectory}`, 'stateDirectory'],
    [`${socket}.lock`, `the socket ${socket}`, 'agent.socket'],
  ] as const) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    held.use(lock(path) ?? refuse(path, what, setting));
  }
  return held.move();
}

/** By a record lock of the file, as SQLite has it: Node has no other. It ends with the process, however that ends. Undefined where another has it. */
function lock(path: string): Disposable | undefined {
  const file = new DatabaseSync(path, { timeout: 0 });
  try {
    file.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => file.close() };
}

const sqliteBusy = 5;

function refuse(path: string, what: string, setting: string): never {
  throw new HoldfastError('HF_AGENT_RUNNING', {
    message: `another agent has ${what}`,
    kind: 'conflict',
    operation: 'agent',
    context: { path },
    hint: `stop it first (systemctl stop holdfast-agent; without systemd, fuser ${path} names its process); where each is meant to be, give each its own agent.socket and stateDirectory (here: ${setting})`,
  });
}
