import type { ActionList } from './action-list.js';
import type { TrackedRoot } from './tracked-root.js';
import { runTreeTool } from './tree-tool.js';

export interface AppliedMove {
  readonly root: number;
  /** Latin1, beneath the root. */
  readonly from: string;
  readonly to: string;
}

export interface Applied {
  readonly moves: readonly AppliedMove[];
  /** What could not be kept, such as an attribute that this file system does not know. */
  readonly notes: readonly { readonly root: number; readonly path: string; readonly note: string }[];
}

export interface ApplyOptions {
  readonly treeTool: string;
  readonly signal?: AbortSignal | undefined;
}

const applyDeadlineMs = 3_600_000;

/** Carries out the actions beneath the roots; rejects at the first that fails. */
export async function applyActions(roots: readonly TrackedRoot[], actions: ActionList, { treeTool, signal }: ApplyOptions): Promise<Applied> {
  if (actions.count === 0) return { moves: [], notes: [] };
  const args = roots.map(({ hostPath }) => hostPath);
  const answer = await runTreeTool('apply', args, { treeTool, signal, deadlineMs: applyDeadlineMs, input: actions.encode() });
  const moves: AppliedMove[] = [];
  const notes: { root: number; path: string; note: string }[] = [];
  let at = 0;
  const text = (): string => {
    const start = at + 4;
    at = start + answer.readUInt32LE(at);
    return answer.toString('latin1', start, at);
  };
  while (at < answer.length) {
    const isMove = answer[at] === 0x6d;
    const root = answer[at + 1] ?? 0;
    at += 2;
    const path = text();
    if (isMove) moves.push({ root, from: path, to: text() });
    else notes.push({ root, path, note: text() });
  }
  return { moves, notes };
}
