import type { Random } from '../../power-loss/random.ts';
import { type StopPoint, stopPoints } from './orders.ts';

const shareOfAttempts = 0.6;
const shareOfDeaths = 0.12;
/** The gap between the last look at the epochs and the rename is what no lease and no marker can close. */
const favourite: StopPoint = 'before the manifest is renamed';

/** Where one attempt stops or dies, once; called at each point that it passes. */
export function planStop(random: Random): (point: StopPoint) => 'stop' | 'die' | undefined {
  if (!random.chance(shareOfAttempts)) return () => undefined;
  const wanted = random.chance(0.4) ? favourite : (stopPoints[random.below(stopPoints.length)] ?? favourite);
  const what = random.chance(shareOfDeaths) ? 'die' : 'stop';
  let passes = random.below(passesOf(wanted));
  let isOver = false;
  return (point) => {
    if (isOver || point !== wanted) return undefined;
    if (passes > 0) {
      passes -= 1;
      return undefined;
    }
    isOver = true;
    return what;
  };
}

/** How often an attempt passes there, about: once as it claims, once a snapshot, or at each of its operations. */
function passesOf(point: StopPoint): number {
  if (point === 'anywhere') return 60;
  return point.includes('manifest') ? 2 : 1;
}
