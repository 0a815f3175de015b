import { expect, test } from 'vitest';
import { mountMovedRoots } from '../../src/container/moved-roots.js';

const cwd = { id: 'cwd', hostPath: '/data/new', destination: '/data/old', private: false };
const bind = (destination: string) => ({ destination, type: 'bind', source: destination, options: ['bind'] });

test('a root that lies elsewhere now gets a mount where the job sees it, above what is deeper', () => {
  const moved = mountMovedRoots([bind('/dev'), bind('/a/b/c')], [cwd]);
  expect(moved.added).toEqual(['/data/old']);
  expect(moved.mounts.map(({ destination }) => destination)).toEqual(['/dev', '/data/old', '/a/b/c']);
  expect(moved.mounts[1]).toEqual({ destination: '/data/old', type: 'bind', source: '/data/new', options: ['bind'], root: 'cwd' });
});

test('a root that has its mount, or lies where it was, needs none', () => {
  const recorded = [{ ...bind('/data/old'), root: 'cwd' }];
  expect(mountMovedRoots(recorded, [cwd])).toEqual({ mounts: recorded, added: [] });
  expect(mountMovedRoots([], [{ ...cwd, hostPath: '/data/old' }])).toEqual({ mounts: [], added: [] });
});

test.each(['/data/old', '/data/old/scratch'])('a file system of the job on %s refuses it', (destination) => {
  const refused = expect.objectContaining({ code: 'HF_RESTORE_REFUSED', message: expect.stringContaining(destination) as unknown }) as Error;
  expect(() => mountMovedRoots([bind(destination)], [cwd])).toThrow(refused);
});
