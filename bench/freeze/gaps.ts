import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The largest gap that ended after `fromNs` on the monotonic clock, which the job and this process share. */
export async function largestGapMs(gapsFile: string, fromNs: bigint): Promise<number> {
  // One beat more than the gap itself, so that a gap that just ended is in the file.
  await sleep(20);
  const lines = (await readFile(gapsFile, 'utf8')).split('\n').filter((line) => line !== '');
  const lengths = lines.map((line) => line.split(' ').map(BigInt)).map(([end = 0n, length = 0n]) => (end > fromNs ? Number(length) / 1e6 : 0));
  const largest = Math.max(0, ...lengths);
  if (largest === 0) throw new Error(`the job noted no gap in ${gapsFile}: it was not frozen`);
  return largest;
}

/** Waits until the job has filled its memory and its heart beats. */
export async function untilBeating(gapsFile: string, deadlineMs = 60_000): Promise<void> {
  for (const until = Date.now() + deadlineMs; Date.now() < until; await sleep(50)) {
    const text = await readFile(gapsFile, 'utf8').catch(() => '');
    if (text.startsWith('\n')) return;
  }
  throw new Error(`the job did not fill its memory within ${deadlineMs} ms`);
}
