import { expect, test } from 'vitest';
import { parseMountInfo } from '../../src/container/host-mounts.js';
import { assertGroupsMountable } from '../../src/oci/assert-groups-mountable.js';
import { bundle } from './bundles.js';

const version2 = parseMountInfo('30 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n');
const version1 = parseMountInfo(
  '30 22 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n32 30 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n',
);
const mounts = [{ destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro'] }];
const range = [{ containerID: 0, hostID: 300_000, size: 65_536 }];
const linux = { uidMappings: range, gidMappings: range };

test('a container with users of its own is refused by name where it sees control groups of version 2', () => {
  expect(() => assertGroupsMountable(bundle({ mounts, linux }), version2)).toThrow(
    expect.objectContaining({
      code: 'HF_CONTAINER_SETTING',
      kind: 'unsupported',
      message: expect.stringContaining('user namespace') as string,
      hint: expect.stringContaining('--userns host') as string,
    }),
  );
});

test.each([
  ['users of the machine', bundle({ mounts }), version2],
  ['no view of control groups', bundle({ linux }), version2],
  ['control groups of version 1', bundle({ mounts, linux }), version1],
])('one with %s is not', (_name, description, hostMounts) => {
  expect(() => assertGroupsMountable(description, hostMounts)).not.toThrow();
});
