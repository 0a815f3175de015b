import { setTimeout as delay } from 'node:timers/promises';
import type { DockerInfo, MachineServices } from './types.js';

const effectMs = 10_000;
const lookEveryMs = 100;

/**
 * Makes Docker read its daemon.json again, without the restart that its containers would feel. False where it does not run, or does not do by then what
 * `isInEffect` wants to see.
 */
export async function reloadDocker({ systemctl, dockerInfo }: MachineServices, isInEffect: (info: DockerInfo) => boolean): Promise<boolean> {
  try {
    await systemctl('reload', 'docker.service');
  } catch {
    return false;
  }
  for (let waitedMs = 0; waitedMs < effectMs; waitedMs += lookEveryMs) {
    const info = await dockerInfo();
    if (info !== undefined && isInEffect(info)) return true;
    await delay(lookEveryMs);
  }
  return false;
}
