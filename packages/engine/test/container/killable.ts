import { type Machine, type Saved, until } from './machine.js';

/** Holds enough memory for a dump or a restore to be hit in its middle, and counts. */
export const victim = `import time
block = bytearray(b'holdfast' * (24 << 20))
n = 0
while True:
    n += 1; print(n, block[n * 4096 % len(block)], flush=True); time.sleep(0.005)
`;

/** Sends a signal to who may be gone. */
export function endQuietly(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone.
  }
}

/** The victim, dumped and gone. */
export async function savedVictim(machine: Machine): Promise<Saved> {
  machine.write('victim.py', victim);
  const container = await machine.start(['python3', 'victim.py']);
  await until(() => machine.lines().length > 3);
  const saved = await machine.save(container);
  await container.kill();
  await container.dispose();
  return saved;
}

/** Waits until it has done something more. */
export async function goesOn(machine: Machine): Promise<void> {
  const before = machine.lines().length;
  await until(() => machine.lines().length > before + 3);
}
