import { readFile } from 'node:fs/promises';

/** Of what is reserved and holds little else, as runtimes do by the gigabyte, nobody need tell more. */
export const mostUnreadableBytes: number = 16 * 1024 * 1024;

const areaPattern = /^[0-9a-f]+-[0-9a-f]+ (?<rights>[-rwxsp]{4}) /;

/**
 * Bytes that processes hold in frames or in swap where they have no right to read: CRIU writes them into the images whatever parent it is given. Areas are looked into
 * only where there is room for more than `mostUnreadableBytes`, 0 being the answer else. A process that ended meanwhile holds none.
 */
export async function unreadableBytesOf(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(pids.map((pid) => unreadableBytes(`/proc/${pid}`).catch(() => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function unreadableBytes(process: string): Promise<number> {
  if (reservedBytes(await readFile(`${process}/maps`, 'latin1')) <= mostUnreadableBytes) return 0;
  return heldBytes(await readFile(`${process}/smaps`, 'latin1'));
}

/** Of the text of `maps`. */
function reservedBytes(maps: string): number {
  let sum = 0;
  for (const line of maps.split('\n')) {
    if (!isUnreadable(line)) continue;
    const [start = '0', end = '0'] = line.slice(0, line.indexOf(' ')).split('-');
    sum += Number.parseInt(end, 16) - Number.parseInt(start, 16);
  }
  return sum;
}

/** Of the text of `smaps`. */
export function heldBytes(smaps: string): number {
  let [sum, counts] = [0, false];
  for (const line of smaps.split('\n')) {
    if (areaPattern.test(line)) counts = isUnreadable(line);
    else if (counts) sum += Number(/^(?:Rss|Swap): +(\d+) kB/.exec(line)?.[1] ?? 0) * 1024;
  }
  return sum;
}

/** Private, and without the right to read. */
function isUnreadable(line: string): boolean {
  const rights = areaPattern.exec(line)?.groups?.['rights'];
  return rights !== undefined && !rights.startsWith('r') && rights.endsWith('p');
}
