import { constants } from 'node:os';

const sigterm = 15;
/** Of Linux with the GNU libc. */
const [firstRealTime, lastRealTime] = [34, 64];

/** The number of a signal as an image's STOPSIGNAL names it: `SIGUSR1`, `usr1`, `RTMIN+3`, `10`; SIGTERM where it names none. 0 where it is not known. Pure. */
export function stopSignalNumber(text: string | undefined): number {
  if (text === undefined || text === '') return sigterm;
  if (/^\d+$/.test(text)) return Number(text);
  const name = text.toUpperCase().replace(/^SIG/, '');
  const [, end, offset] = /^RT(MIN|MAX)(?:[+-](\d{1,2}))?$/.exec(name) ?? [];
  if (end !== undefined) return end === 'MIN' ? firstRealTime + Number(offset ?? 0) : lastRealTime - Number(offset ?? 0);
  return Object.entries(constants.signals).find(([known]) => known === `SIG${name}`)?.[1] ?? 0;
}

/** SIGINT, SIGQUIT, SIGKILL, SIGTERM. */
const endingSignals: readonly number[] = [2, 3, 9, sigterm];

/**
 * True of a signal by which somebody outside may end a container. `stopSignal`: what `docker stop` sends it, undefined where that is not known; then, and of a signal
 * that is not known, it may be. Pure.
 */
export function mayEnd(signal: number, stopSignal: number | undefined): boolean {
  return signal === 0 || endingSignals.includes(signal) || stopSignal === undefined || stopSignal === 0 || signal === stopSignal;
}
