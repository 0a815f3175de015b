import { sqlite } from '@holdfast/catalog/sqlite';
import { assertRejects } from '@holdfast/testkit/contract';
import { expect, test } from 'vitest';

test.each([
  ['sqlite:/var/lib/holdfast/catalog.sqlite', '/var/lib/holdfast/catalog.sqlite'],
  ['sqlite:///var/lib/a%20b.sqlite', '/var/lib/a b.sqlite'],
  ['sqlite:/a/./b/../c', '/a/c'],
])('%s names a file', (url, path) => {
  expect(sqlite().configFromUrl(url)).toEqual({ type: 'sqlite', path });
});

test.each([
  'sqlite:',
  'sqlite:relative',
  'sqlite://host/path',
  'sqlite:////a',
  'sqlite:/a?mode=ro',
  'sqlite:/a#b',
  'sqlite:/%zz',
  '/a',
  'mysql:/a',
  'sqlite:/a%00b',
])('%s is refused', (url) => {
  expect(() => sqlite().configFromUrl(url)).toThrow(expect.objectContaining({ code: 'HF_CONFIG', kind: 'invalid-argument' }));
});

test('what stands where a server has its password is not repeated', () => {
  expect(() => sqlite().configFromUrl('sqlite://user:secret@host/a')).toThrow("'sqlite://host/a' names no SQLite file");
});

test.each([
  [{ type: 'sqlite' }, "'catalog.path' is missing"],
  [{ type: 'sqlite', path: 'relative' }, "'relative' is no absolute path"],
  [{ type: 'sqlite', path: '/a', pth: 1 }, "did you mean 'path'?"],
  [{ type: 'mysql', path: '/a' }, '"mysql"'],
  [undefined, "'catalog' is missing"],
])('the section %j is refused by name', async (config, words) => {
  const error = await assertRejects(sqlite().open(config), { code: 'HF_CONFIG' });
  expect(error.message).toContain(words);
});
