import { appendFile, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from './launcher-conversation.js';
import type { AgentStatus } from './types.js';

const lineSchema = z.object({ id: z.string(), reason: z.string() });

/** Containers that asked for snapshots and started without: a line each, by launchers and by the agent. It lives as long as the machine runs. */
export class UnprotectedList {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Best effort: a container starts whether it is counted or not. */
  async add(id: string, reason: string): Promise<void> {
    await appendFile(this.#path, `${JSON.stringify({ id, reason })}\n`, { mode: 0o600 }).catch(() => undefined);
  }

  async counts(): Promise<AgentStatus['unprotected']> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const lines = text.split('\n').flatMap((line) => lineSchema.safeParse(parseJson(line)).data ?? []);
    return [...Map.groupBy(lines, ({ reason }) => reason)].map(([reason, { length }]) => ({ reason, count: length }));
  }
}
