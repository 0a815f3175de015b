import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callRunc } from '../../src/container/runc.js';
import { runTreeTool } from '../../src/files/tree-tool.js';

/** Tells its number, and that of the group which a terminal's Ctrl-C would have to go to. */
const teller = '#!/bin/sh\nread -r stat < /proc/$$/stat\nset -- $stat\necho $1 $5\n';

async function toldBy(start: (program: string) => Promise<string>): Promise<readonly (string | undefined)[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hf-group-'));
  const program = join(folder, 'teller');
  writeFileSync(program, teller, { mode: 0o755 });
  try {
    return (await start(program)).trim().split(' ');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each<[string, (program: string) => Promise<string>]>([
  ['holdfast-tree', async (treeTool) => (await runTreeTool('scan', [], { treeTool, deadlineMs: 10_000 })).toString()],
  [
    'runc',
    async (runc) => {
      const tools = { runc, criu: runc, init: runc, keeper: runc, guard: runc, hook: runc, tree: runc };
      return (await callRunc({ tools, root: '/nowhere', log: '/nowhere/log' }, ['delete', 'x'], 10_000)).words;
    },
  ],
])('%s leads a process group of its own, out of reach of Ctrl-C', async (_, start) => {
  const [pid, group] = await toldBy(start);
  expect(pid).toMatch(/^\d+$/);
  expect(group).toBe(pid);
});
