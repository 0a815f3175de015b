import { expect, test } from 'vitest';
import { storagePlace } from '../../src/oci/storage-place.js';

const attached = [
  { root: '/mnt/a', aliases: ['/mmc-checkpoint'] },
  { root: '/mnt/b', aliases: [] },
];
const contract = { intervalMs: 1, diagnosis: false, exclude: [] };

test.each([
  [undefined, '/mnt/a'],
  ['/mmc-checkpoint', '/mnt/a'],
  ['/mnt/b', '/mnt/b'],
])('the path %s is the storage at %s', (imagePath, root) => {
  expect(storagePlace({ ...contract, imagePath, subpath: 'x/y' }, attached)).toEqual({ root, subpath: 'x/y' });
});

test.each(['/etc', '/mnt', '/mnt/a/jobs'])('%s is no storage of the agent: refused with those that are', (imagePath) => {
  expect(() => storagePlace({ ...contract, imagePath, subpath: undefined }, attached)).toThrow(
    expect.objectContaining({ code: 'HF_CONTAINER_SETTING', hint: expect.stringContaining('/mmc-checkpoint, /mnt/b') as string }),
  );
});

test.each(['jobs/other/packs', 'removed', '.holdfast/x', 'tmp.x', 'team/jobs/other', 'a/b/.holdfast'])(
  'the subpath %s lies among a repository’s own files',
  (subpath) => {
    expect(() => storagePlace({ ...contract, imagePath: undefined, subpath }, attached)).toThrow(
      expect.objectContaining({ code: 'HF_CONTAINER_SETTING' }),
    );
  },
);
