import { HoldfastError } from '../errors/holdfast-error.js';

/** The longest delay that a timer of the platform takes; a longer one would fire at once. */
export const maxDurationMs = 2_147_483_647;

/** The longest age that is told apart from never: 100 years. */
export const maxAgeMs: number = 36_500 * 86_400_000;

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
  { name: 's', ms: 1000 },
  { name: 'ms', ms: 1 },
] as const;

const wholeForm = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/u;
const hint = 'Write whole numbers with units from large to small: 250ms, 90s, 5m, 1h30m, 2d';

/**
 * Reads a duration such as `5m`, `1h30m`, `90s` or `250ms` as milliseconds.
 *
 * - Whole numbers with the units d, h, m, s, ms, each at most once, from large to small, without spaces.
 * - Throws HF_DURATION for every other form, for zero, and for more than `mostMs`: by default what a timer takes.
 */
export function parseDuration(text: string, mostMs: number = maxDurationMs): number {
  const parts = wholeForm.exec(text);
  if (text === '' || parts === null) throw refuse(text, 'is no duration');
  const totalMs = units.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit.ms, 0);
  if (totalMs === 0) throw refuse(text, 'is no time at all');
  if (totalMs > mostMs) throw refuse(text, `is longer than the longest duration, ${formatDuration(mostMs)}`);
  return totalMs;
}

/** Writes milliseconds as `parseDuration` reads them, to the nearest whole one; zero is `0ms`. Throws HF_DURATION for what is negative or not finite. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs) || durationMs < 0) throw refuse(String(durationMs), 'is no number of milliseconds');
  let restMs = Math.round(durationMs);
  if (restMs === 0) return '0ms';
  let text = '';
  for (const unit of units) {
    const count = Math.floor(restMs / unit.ms);
    restMs -= count * unit.ms;
    if (count > 0) text += `${count}${unit.name}`;
  }
  return text;
}

function refuse(value: string, why: string): HoldfastError {
  return new HoldfastError('HF_DURATION', { kind: 'invalid-argument', message: `'${value}' ${why}`, hint });
}
