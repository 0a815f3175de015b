import { expect, test } from 'vitest';
import { guaranteesOf } from '../src/guarantees.js';

test.each([
  ['ext4', 0xef53, 'machine', true],
  ['XFS', 0x58465342, 'machine', true],
  ['tmpfs', 0x01021994, 'machine', false],
  ['NFS', 0x6969, 'shared', true],
  ['FUSE', 0x65735546, 'shared', true],
  ['Lustre', 0x0bd00bd0, 'shared', true],
])('%s', (_, type, scope, durableFsync) => {
  expect(guaranteesOf(type)).toMatchObject({ scope, durableFsync, atomicRename: true });
});
