import { expect, test } from 'vitest';
import { uncoverPagemap } from '../../src/cover/uncover-pagemap.js';
import { decodePagemap } from '../../src/images/pagemap.js';
import { withAllPresent } from '../../src/images/pagemap-flags.js';
import { image, magics, message } from '../images/image-bytes.js';

const name = 'pagemap-6.img';
const head = message([1, 3]);
/** As CRIU writes it since 4.2. */
const entry = (page: number, count: number, flags: number): Buffer => message([1, 4096 * page], [2, 0], [4, flags], [5, count]);
const map = (...entries: readonly Buffer[]): Buffer => image(magics.pagemap, head, ...entries);
const [inParent, lazy, present] = [1, 2, 4];

test('what the parent has is left out, cut where what may come later begins and ends; what was dumped stays', () => {
  const covered = map(entry(10, 10, inParent), entry(20, 2, lazy | present), entry(30, 1, inParent), entry(40, 2, present));
  const areas = [
    { firstPage: 5, pageCount: 7 },
    { firstPage: 15, pageCount: 2 },
    { firstPage: 19, pageCount: 3 },
    { firstPage: 30, pageCount: 5 },
  ];
  const uncovered = uncoverPagemap(covered, name, areas);
  expect(uncovered).toEqual(
    map(
      entry(10, 2, lazy),
      entry(12, 3, 0),
      entry(15, 2, lazy),
      entry(17, 2, 0),
      entry(19, 1, lazy),
      entry(20, 2, lazy | present),
      entry(30, 1, lazy),
      entry(40, 2, present),
    ),
  );
  const flags = decodePagemap(withAllPresent(uncovered, name), name).entries.map((each) => [each.lazy, each.present]);
  expect(flags).toEqual([true, false, true, false, true, true, true, false].map((each) => [each, true]));
});

test('without memory that may come later all of it is there before', () => {
  expect(uncoverPagemap(map(entry(10, 10, inParent)), name, [])).toEqual(map(entry(10, 10, 0)));
});

test('an entry without a count of 64 bits gets none', () => {
  const old = map(message([1, 4096], [2, 2], [4, inParent]));
  expect(uncoverPagemap(old, name, [{ firstPage: 2, pageCount: 1 }])).toEqual(
    map(message([1, 4096], [2, 1], [4, 0]), message([1, 8192], [2, 1], [4, lazy])),
  );
});

test('a page map that nobody uncovered is refused', () => {
  expect(() => decodePagemap(map(entry(10, 1, inParent)), name)).toThrow(expect.objectContaining({ kind: 'corrupt' }));
});
