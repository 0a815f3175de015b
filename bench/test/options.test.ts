import { expect, it } from 'vitest';
import { parseOptions as parseFreeze } from '../freeze/options.ts';
import { optionsIn } from '../holdfast/line-options.ts';
import { parseOptions as parseResume } from '../resume/options.ts';

it('the freeze is measured at four sizes, by one process and ten, with and without huge pages', () => {
  const { shapes, interval, runs, ways } = parseFreeze([]);
  expect(shapes).toHaveLength(16);
  expect(shapes.filter(({ works }) => works).every(({ processes }) => processes === 1)).toBe(true);
  expect(ways).toHaveLength(5);
  expect({ interval, runs }).toEqual({ interval: { ms: 300_000, pairs: 4, sizeMib: 4096, ways: ['staged-tmpfs', 'twin'] }, runs: 7 });
});

it('--quick is small, and what is given goes over it', () => {
  expect(parseFreeze(['--quick']).shapes).toEqual([
    { sizeMib: 256, processes: 1, hugePages: false, works: true },
    { sizeMib: 256, processes: 10, hugePages: false, works: false },
    { sizeMib: 1024, processes: 1, hugePages: false, works: false },
  ]);
  const { interval, runs, ways } = parseFreeze(['--quick', '--sizes', '32MiB', '--runs', '3', '--pairs', '0', '--interval', '2s', '--ways', 'twin']);
  expect({ interval, runs, ways }).toEqual({ interval: { ms: 2000, pairs: 0, sizeMib: 32, ways: ['twin'] }, runs: 3, ways: ['twin'] });
});

it('the resume is measured from all stores, with --quick from a local one alone', () => {
  expect(parseResume([])).toMatchObject({ sizesMib: [256, 1024, 4096, 8192], runs: 5 });
  expect(parseResume([]).ways).toHaveLength(8);
  expect(parseResume(['--quick']).ways).not.toContain('lazy-juicefs');
  expect(parseResume(['--quick', '--ways', 'lazy-juicefs']).ways).toEqual(['lazy-juicefs']);
});

it.each([
  [['--sizes', '1TiB'], '--sizes takes sizes such as 256MiB or 1GiB; "1TiB" is none'],
  [['--sizes', ''], '--sizes takes sizes such as'],
  [['--runs', '0'], '--runs takes a number from 1 to 999; "0" is none'],
  [['--ways', 'twin,magic'], '"magic" is none of them'],
])('%j is refused', (line, sentence) => {
  expect(() => parseFreeze(line)).toThrow(sentence);
});

it('the options of a help text are those at the beginnings of its lines', () => {
  const help =
    '  --memory <HOW>   where from: see --other\n  -q, --quiet      nothing\n                   --wrapped in a text\n      an example with --more\n';
  expect([...optionsIn(help)]).toEqual(['--memory', '--quiet']);
});
