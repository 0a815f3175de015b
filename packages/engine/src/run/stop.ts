import type { RunningContainer } from '../container/running-container.js';

const sigterm = 15;

/** Ends the job as if without Holdfast: SIGTERM, then SIGKILL after the grace time. */
export async function endGracefully(container: RunningContainer, graceMs: number): Promise<void> {
  await container.signal(sigterm);
  const timer = setTimeout(() => void container.kill().catch(() => undefined), graceMs);
  try {
    await container.exited;
  } finally {
    clearTimeout(timer);
  }
}
