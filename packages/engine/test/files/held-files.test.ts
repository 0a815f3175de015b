import { expect, test } from 'vitest';
import { heldFilesOf } from '../../src/files/held-files.js';

test('paths of the job belong to the root that it sees there, never to one of its own', () => {
  const roots = [
    { id: 'cwd', hostPath: '/a', destination: '/job/ü', private: false },
    { id: 'tmp', hostPath: '/b', destination: '/tmp', private: true },
  ];
  const paths = ['/job/ü/x/y', '/job/üx/z', '/tmp/t', '/job/ü'].map((path) => Buffer.from(path).toString('latin1'));
  expect(heldFilesOf(paths, roots)).toEqual([new Set(['x/y']), new Set()]);
});
