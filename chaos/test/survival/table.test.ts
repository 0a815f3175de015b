import { expect, it } from 'vitest';
import { survivalOptions } from '../../survival/options.ts';
import type { Outcome } from '../../survival/outcome.ts';
import { putBetween, tableOf } from '../../survival/table.ts';

const survived: Outcome = {
  name: 'make',
  about: 'a build',
  versions: 'make 4.3',
  interruptions: 3,
  verdict: 'survived',
  reason: undefined,
  snapshots: 9,
  memory: {
    byTwin: 8,
    resumes: 3,
    lazily: 2,
    fallBacks: { 'resume: eager, since not lazy: none': 1, 'snapshot: staged-memory, since no twin: a|b': 2 },
  },
  medianFreezeMs: 20,
  largestMiB: 1,
  seconds: 5,
  folder: undefined,
};

it('a program has its twins and its lazy resumes in its row', () => {
  expect(tableOf([survived], 'about').split('\n')).toContain('| make | make 4.3 | a build | 3 | 9 | 8 | 2 of 3 |');
});

it('every fall-back is listed with its reason, over all programs, also of those that did not survive', () => {
  const failed: Outcome = {
    ...survived,
    name: 'gdb',
    verdict: 'failed',
    reason: 'lost',
    memory: { ...survived.memory, fallBacks: { 'snapshot: staged-memory, since no twin: a|b': 5 } },
  };
  const lines = tableOf([survived, failed], 'about').split('\n');
  expect(lines.slice(-4)).toEqual([
    '| fall-back | times | programs |',
    '|---|---|---|',
    '| resume: eager, since not lazy: none | 1 | make 1 |',
    '| snapshot: staged-memory, since no twin: a\\|b | 7 | make 2, gdb 5 |',
  ]);
});

it('says so where there was none', () => {
  const memory = { ...survived.memory, fallBacks: {} };
  expect(tableOf([{ ...survived, memory }], 'about')).toMatch(/\nNo memory came from elsewhere than it was to\.$/);
});

it.each([
  ['docs/survival.md', { file: 'docs/survival.md', place: 'run' }],
  ['docs/survival.md#lazy', { file: 'docs/survival.md', place: 'lazy' }],
])('--write %s puts the table where its setting belongs', (text, expected) => {
  expect(survivalOptions(['--write', text])?.write).toEqual(expected);
});

it.each(['#lazy', 'file#', 'file#La zy'])('--write %s is refused', (text) => {
  expect(() => survivalOptions(['--write', text])).toThrow(/FILE#PLACE/);
});

it('the place that is named is replaced, and no other', () => {
  const document = ['run', 'lazy'].map((name) => `<!-- ${name}: made by script/survival -->\nold\n<!-- end of ${name} -->`).join('\n');
  const written = putBetween(document, 'lazy', 'new');
  expect(written).toContain('<!-- run: made by script/survival -->\nold\n');
  expect(written).toContain('<!-- lazy: made by script/survival -->\n\nnew\n\n<!-- end of lazy -->');
});
