import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { parentOf } from '../../src/container/process-identity.js';
import { endQuietly, goesOn, savedVictim } from './killable.js';
import { Machine, type Saved, until } from './machine.js';

/** The CRIU that a runc of this test has started; undefined where there is none. */
function criuOfRunc(): number | undefined {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const comm = (pid: string | number): string => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
    } catch {
      return '';
    }
  };
  return pids.map(Number).find((pid) => /^(?:criu|ld-linux)/.test(comm(pid)) && comm(parentOf(pid) ?? 0) === 'runc' && isOurs(pid));
}

/** Below this process: others may restore on this machine meanwhile. */
function isOurs(pid: number): boolean {
  const parent = parentOf(pid) ?? 0;
  return parent === process.pid || (parent > 1 && isOurs(parent));
}

function childOf(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean);
    return first === undefined ? undefined : Number(first);
  } catch {
    return undefined;
  }
}

/** `failed` is the code of its error. A container that comes back is ended. */
function startRestore(machine: Machine, saved: Saved): { isOver: boolean; readonly failed: Promise<string | undefined> } {
  const code = machine.restore(saved).then(
    (container) => container.dispose().then(() => undefined),
    (error: { code: string }) => error.code,
  );
  const restoring = { isOver: false, failed: code.finally(() => (restoring.isOver = true)) };
  return restoring;
}

// What CRIU had begun to restore keeps its socket to runc open, which then waits.
test('CRIU alone killed in the middle of a restore: the restore fails soon, and the next one brings the job back', async () => {
  await using machine = await Machine.open();
  const saved = await savedVictim(machine);
  for (const ms of [0, 15, 30, 45]) {
    const restoring = startRestore(machine, saved);
    // On a busy machine it may have come and gone unseen.
    await until(() => restoring.isOver || criuOfRunc() !== undefined);
    await delay(ms);
    const criu = criuOfRunc();
    if (criu !== undefined) endQuietly(criu);
    expect([undefined, 'HF_RESTORE_FAILED']).toContain(await restoring.failed);
  }
  const again = await machine.restore(saved);
  await goesOn(machine);
  await again.dispose();
});

test('CRIU killed as soon as it has begun a process, before anybody has looked for it: the restore fails soon', async () => {
  await using machine = await Machine.open();
  const saved = await savedVictim(machine);
  // On a busy machine CRIU may be through before it is killed: then once more.
  for (let failed: string | undefined; failed === undefined; ) {
    const restoring = startRestore(machine, saved);
    await until(() => restoring.isOver || criuOfRunc() !== undefined);
    // Nothing else of this process runs meanwhile.
    let [criu, begun]: (number | undefined)[] = [];
    for (const end = performance.now() + 5_000; begun === undefined && performance.now() < end; ) {
      criu = criuOfRunc();
      begun = criu === undefined ? undefined : childOf(criu);
    }
    // It cannot see that CRIU is gone, and goes on holding CRIU's socket.
    if (begun !== undefined) endQuietly(begun, 'SIGSTOP');
    if (begun !== undefined && criu !== undefined) endQuietly(criu);
    failed = await restoring.failed;
    expect(failed ?? 'HF_RESTORE_FAILED').toBe('HF_RESTORE_FAILED');
  }
});
