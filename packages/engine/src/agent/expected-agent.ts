import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock, Logger } from '@holdfast/core';

/** A restart in order: the next one's service says so itself by then. */
const restartMs = 3000;

/**
 * The note by which launchers know that an agent that does not answer is about to: empty, or the time in milliseconds since 1970 until which one is awaited. It
 * lives as long as the machine runs.
 */
export function expectedAgentFile(socket: string): string {
  return join(dirname(socket), 'agent-expected');
}

/** From now on an agent is meant to serve this socket, whatever becomes of this one. Never rejects: without the note containers start unprotected, and sooner. */
export async function expectAgent(socket: string, logger: Logger): Promise<void> {
  await write(socket, '', logger);
}

/** This one ends because it was told to. Never rejects. */
export async function expectNoAgent(socket: string, clock: Clock, logger: Logger): Promise<void> {
  await write(socket, `${clock.now().getTime() + restartMs}\n`, logger);
}

async function write(socket: string, text: string, logger: Logger): Promise<void> {
  const path = expectedAgentFile(socket);
  await writeFile(path, text, { mode: 0o600 }).catch((error: unknown) => logger.warn({ path, error: String(error) }, 'launchers cannot be told'));
}
