import type { Clock } from '@holdfast/core';
import type { RunEvent } from '../run/events.js';

/** ECS gives a container so long from its creation to its start, unless its agent is configured otherwise. */
const startTimeoutMs = 3 * 60_000;
/** What was read in less tells little of what comes. */
const measuredMs = 5000;

/**
 * Says once, for the log of a container that is being resumed, that this is likely to take longer than ECS waits by default; undefined for all else. By what was
 * put back so far: what CRIU does afterwards comes on top.
 */
export function slowRestoreTeller(clock: Pick<Clock, 'monotonicMs'>): (event: RunEvent) => string | undefined {
  let beganMs: number | undefined;
  let isTold = false;
  return (event) => {
    if (event.type === 'restore.started') beganMs = clock.monotonicMs();
    if (event.type !== 'restore.progress' || beganMs === undefined || isTold) return undefined;
    const { bytes, totalBytes } = event;
    const passedMs = clock.monotonicMs() - beganMs;
    if (passedMs < measuredMs || bytes === 0) return undefined;
    const expectedMs = (passedMs * totalBytes) / bytes;
    if (expectedMs < startTimeoutMs) return undefined;
    isTold = true;
    const minutes = Math.ceil(expectedMs / 60_000);
    return `putting back ${totalBytes} bytes will take about ${minutes} minutes: ECS gives a container up after 3 unless ECS_CONTAINER_START_TIMEOUT of its agent is more, such as ${minutes * 2}m`;
  };
}
