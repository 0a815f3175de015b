import { expect, test } from 'vitest';
import { catalogKey, isForsaken, journalFileName, leftBehind, ownJournalName, parseJournalName } from '../../src/catalog/journal/journal-name.js';

test('a name is read as it was written, and nothing else is', () => {
  const name = ownJournalName('0123456789abcdef', 1_774_000_000_000);
  expect(parseJournalName(journalFileName(name))).toEqual(name);
  expect(parseJournalName(journalFileName(leftBehind(name)))).toEqual(leftBehind(name));
  for (const other of ['x.journal', journalFileName(name).replace('.journal', ''), `../${journalFileName(name)}`])
    expect(parseJournalName(other)).toBeUndefined();
  expect([isForsaken(name), isForsaken(leftBehind(name))]).toEqual([false, true]);
});

test('a catalog has one key in whatever order it is written down, another one another, and passwords make no difference', () => {
  const section = { type: 'mysql', host: 'db', database: 'x', url: 'mysql://user@db/x' };
  const keyOf = catalogKey(section);
  expect(keyOf).toMatch(/^[0-9a-f]{16}$/u);
  expect(catalogKey({ url: 'mysql://user:pw@db/x', database: 'x', type: 'mysql', host: 'db', password: 'pw', passwordFile: '/f' })).toBe(keyOf);
  expect(catalogKey({ ...section, host: 'other' })).not.toBe(keyOf);
});
