import { local } from '@holdfast/driver-local';
import { expect, test } from 'vitest';

test.each([
  ['/var/lib/holdfast', '/var/lib/holdfast'],
  ['/a//b/./c/../', '/a/b'],
  ['/with space/ü', '/with space/ü'],
  ['/100%', '/100%'],
  ['file:///a/b%20c', '/a/b c'],
  ['file:/a/b/', '/a/b'],
])('%s names a directory', (url, path) => {
  expect(local().configFromUrl(url)).toEqual({ type: 'local', path });
});

test.each([
  '',
  'relative',
  './relative',
  '/',
  '//',
  '/a/..',
  'file://host/a',
  'file:///',
  'file:///a?b',
  'file:///a#b',
  'file:///a%2Fb',
  'file:///a%00b',
  'file:a',
])('%j is refused', (url) => {
  expect(() => local().configFromUrl(url)).toThrow(expect.objectContaining({ code: 'HF_CONFIG', kind: 'invalid-argument' }));
});

test.each([
  [{ type: 'local' }, "'storage.path' is missing"],
  [{ type: 'local', path: 'relative' }, "'storage.path': 'relative' is no absolute path"],
  [{ type: 'local', path: '/a', pat: '/b' }, "'storage.pat' is no known key: did you mean 'path'?"],
  [{ type: 'efs', path: '/a' }, '"efs"'],
  [null, "'storage' is null"],
])('the section %j is refused by name', (config, words) => {
  expect(() => local().create(config)).toThrow(expect.objectContaining({ code: 'HF_CONFIG' }));
  expect(() => local().create(config)).toThrow(words);
});

test('its URLs are files and bare paths', () => {
  expect(local().urlSchemes).toEqual(['file', '']);
});
