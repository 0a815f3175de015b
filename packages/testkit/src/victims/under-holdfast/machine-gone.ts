import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HeldRun } from './held-run.js';
import { childrenOf, commandLineOf, killPid, readProcess } from './process-table.js';

/**
 * Kills everything of a run at once, as a machine that goes away does: Holdfast, its helpers, the keeper, the container's processes. Resolves, when
 * nothing of it runs any more, with the names of the programs that ran. Throws where something still runs after ten seconds.
 */
export async function machineGone(run: HeldRun): Promise<readonly string[]> {
  const end = performance.now() + 10_000;
  const view = run.view();
  // Parents first: none of them may notice the end of another.
  const first = view === undefined ? [run.pid, ...childrenOf(run.pid)] : view.allPids();
  const names = first.map((pid) => basename(programOf(pid))).filter((name) => name !== '');
  for (const pid of first) killPid(pid);
  for (;;) {
    const left = (run.view()?.allPids() ?? first).filter((pid) => readProcess(pid) !== undefined);
    if (left.length === 0) break;
    if (performance.now() >= end) throw new Error(`processes ${left.join(', ')} still run ten seconds after SIGKILL`);
    for (const pid of left) killPid(pid);
    run.view()?.group.thaw();
    await delay(5);
  }
  await run.ended;
  run.close();
  return names;
}

/** Some write their whole line over their first argument. */
function programOf(pid: number): string {
  return commandLineOf(pid)[0]?.split(' ')[0] ?? '';
}
