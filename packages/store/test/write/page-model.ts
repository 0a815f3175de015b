import { type ObjectInput, type PageRun, pageSizeBytes, type SourceExtent } from '@holdfast/core';
import { patternBytes } from '@holdfast/testkit/checkpoint-store';
import type { RandomSource } from '@holdfast/testkit/faults';

/** A sparse array of pages, as plainly as it can be said. */
export type Pages = ReadonlyMap<number, Buffer>;

const zeros = Buffer.alloc(pageSizeBytes);
const topPage = 2 ** 52;
/** Where memory begins: the bottom, the middle of a window, a library, the stack, the vsyscall page, the top of the address space. */
const places: readonly number[] = [0, 5, 0x7f12_3456_7, 0x7ffd_1111_f, 0xf_ffff_ffff_f600, topPage - 150];

export function isZero(page: Buffer): boolean {
  return page.equals(zeros);
}

/** A page: zeros, one of few contents that come again and again, or one that nobody has seen. */
export function randomPage(random: RandomSource): Buffer {
  const kind = random(6);
  if (kind === 0) return zeros;
  return patternBytes(pageSizeBytes, kind === 1 ? random(4) : 1000 + random(2 ** 30));
}

export function randomPages(random: RandomSource): Pages {
  const pages = new Map<number, Buffer>();
  for (let runs = 1 + random(5); runs > 0; runs -= 1) addRun(pages, random);
  return pages;
}

/** Some steps of a life: pages change, appear, vanish, change places, move as a whole. */
export function changed(before: Pages, random: RandomSource): Pages {
  let pages = new Map(before);
  for (let steps = random(5); steps > 0; steps -= 1) {
    const numbers = [...pages.keys()];
    const any = numbers[random(numbers.length)] ?? 0;
    switch (random(9)) {
      case 0:
        addRun(pages, random);
        break;
      case 1:
        for (let page = any; page < any + 1 + random(40); page += 1) pages.delete(page);
        break;
      case 2:
        pages = moved(pages, random(2) === 0 ? 16 * random(9) : random(200) - 100);
        break;
      case 3:
        slide(pages, runsOf(pages)[random(3)], random);
        break;
      case 4:
        swap(pages, any, numbers[random(numbers.length)] ?? 0);
        break;
      default:
        for (let count = 1 + random(9); count > 0; count -= 1) changePage(pages, numbers[random(numbers.length)] ?? 0, random);
    }
  }
  return pages.size === 0 ? randomPages(random) : pages;
}

function addRun(pages: Map<number, Buffer>, random: RandomSource): void {
  const first = (places[random(places.length)] ?? 0) + random(100);
  const end = Math.min(topPage, first + 1 + random(random(2) === 0 ? 9 : 50));
  for (let page = first; page < end; page += 1) pages.set(page, randomPage(random));
}

/** Where one would leave the address space, nothing moves. */
function moved(pages: ReadonlyMap<number, Buffer>, by: number): Map<number, Buffer> {
  const elsewhere = new Map([...pages].map(([page, bytes]) => [page + by, bytes] as const));
  return [...elsewhere.keys()].every((page) => page >= 0 && page < topPage) ? elsewhere : new Map(pages);
}

/** A run goes a few pages on or back, which may leave all of it in its window. */
function slide(pages: Map<number, Buffer>, run: PageRun | undefined, random: RandomSource): void {
  if (run === undefined || run.firstPage < 3 || run.firstPage + run.pageCount > topPage - 3) return;
  const numbers = Array.from({ length: run.pageCount }, (_, at) => run.firstPage + at);
  const bytes = numbers.map((page) => pages.get(page) ?? zeros);
  for (const page of numbers) pages.delete(page);
  const by = random(7) - 3;
  for (const [at, page] of numbers.entries()) pages.set(page + by, bytes[at] ?? zeros);
}

function swap(pages: Map<number, Buffer>, left: number, right: number): void {
  const [one, other] = [pages.get(left), pages.get(right)];
  if (one === undefined || other === undefined) return;
  pages.set(left, other).set(right, one);
}

function changePage(pages: Map<number, Buffer>, page: number, random: RandomSource): void {
  const bytes = pages.get(page);
  if (bytes === undefined) return;
  const copy = Buffer.from(random(3) === 0 ? randomPage(random) : bytes);
  copy[random(pageSizeBytes)] = random(256);
  pages.set(page, copy);
}

export function runsOf(pages: Pages): readonly PageRun[] {
  const runs: { firstPage: number; pageCount: number }[] = [];
  for (const page of sorted(pages)) {
    const last = runs.at(-1);
    if (last !== undefined && last.firstPage + last.pageCount === page) last.pageCount += 1;
    else runs.push({ firstPage: page, pageCount: 1 });
  }
  return runs;
}

/** The pages back to back. */
export function packed(pages: Pages): Buffer {
  return Buffer.concat(sorted(pages).map((page) => pages.get(page) ?? zeros));
}

/** As an object whose extents are cut and lie in the source as chance will have it. `place` makes a source of the bytes. */
export async function asObject(
  key: string,
  pages: Pages,
  random: RandomSource,
  place: (bytes: Buffer) => Promise<ObjectInput['source']>,
): Promise<ObjectInput> {
  const extents: SourceExtent[] = [];
  const parts: Buffer[] = [];
  let end = 0;
  const pieces = runsOf(pages).flatMap((run) => cut(run, random));
  for (const { firstPage, pageCount } of random(2) === 0 ? pieces : pieces.toReversed()) {
    if (random(3) === 0) end += (parts[parts.length] = patternBytes(random(9000), 3)).length;
    extents.push({ firstPage, pageCount, sourceOffset: end });
    for (let page = firstPage; page < firstPage + pageCount; page += 1) end += (parts[parts.length] = pages.get(page) ?? zeros).length;
  }
  extents.sort((one, other) => one.firstPage - other.firstPage);
  return { key, kind: 'memory', sizeBytes: pages.size * pageSizeBytes, source: await place(Buffer.concat(parts)), extents };
}

function cut({ firstPage, pageCount }: PageRun, random: RandomSource): readonly PageRun[] {
  if (pageCount < 2 || random(2) === 0) return [{ firstPage, pageCount }];
  const at = 1 + random(pageCount - 1);
  return [{ firstPage, pageCount: at }, ...cut({ firstPage: firstPage + at, pageCount: pageCount - at }, random)];
}

function sorted(pages: Pages): readonly number[] {
  return [...pages.keys()].sort((one, other) => one - other);
}
