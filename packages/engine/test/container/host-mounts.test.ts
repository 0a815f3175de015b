import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseMountInfo, visibleMounts } from '../../src/container/host-mounts.js';
import { planJobMounts } from '../../src/container/job-mounts.js';
import { placeMounts, recordMounts } from '../../src/container/recorded-mounts.js';

const mountInfo = `27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
22 27 0:21 / /proc rw - proc proc rw
23 27 0:22 / /sys rw - sysfs sysfs rw
24 27 0:6 / /dev rw - devtmpfs devtmpfs rw
26 24 0:24 / /dev/pts rw - devpts devpts rw
25 24 0:23 / /dev/shm rw - tmpfs tmpfs rw
31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw
37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer
40 27 8:1 / /data\\040one rw,nosuid shared:1 - xfs /dev/sda1 rw
41 40 0:50 / /data\\040one/inner rw - nfs4 server:/x rw
42 27 0:51 / /net rw - autofs systemd-1 rw
43 27 0:52 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
44 27 0:53 / /tmp/mounted rw - tmpfs tmpfs rw
50 27 0:60 / /old rw - tmpfs a rw
51 50 0:61 / /old rw - tmpfs b rw
52 50 0:62 / /old/hidden rw - tmpfs c rw
53 51 0:63 / /old/seen rw - tmpfs d rw
broken line
`;

test('reads escaped paths and leaves out what is no mount', () => {
  const mounts = parseMountInfo(mountInfo);
  expect(mounts).toHaveLength(17);
  expect(mounts.find(({ id }) => id === 40)).toEqual({
    id: 40,
    parentId: 27,
    device: '8:1',
    root: '/',
    mountPoint: '/data one',
    options: ['rw', 'nosuid'],
    type: 'xfs',
    source: '/dev/sda1',
    superOptions: ['rw'],
  });
});

test('a mount under another, and what lies below it, is not visible', () => {
  const ids = visibleMounts(parseMountInfo(mountInfo)).map(({ id }) => id);
  expect(ids).not.toContain(50);
  expect(ids).not.toContain(52);
  expect(ids).toEqual(expect.arrayContaining([51, 53]));
});

const roots = [
  { id: 'cwd', hostPath: '/tmp/work', destination: '/tmp/work', private: false },
  { id: 'tmp', hostPath: '/run/x/tmp', destination: '/tmp', private: true },
  { id: 'shm', hostPath: '/run/x/shm', destination: '/dev/shm', private: true },
];

test('a job does not see where its snapshots lie, nor what other drivers have mounted', () => {
  const more = `${mountInfo}90 1 0:90 / /mnt/snapshots rw - fuse.juicefs JuiceFS:a rw\n91 1 0:91 / /run/holdfast/storage/b rw - fuse.juicefs JuiceFS:b rw\n`;
  const seen = (storageRoot: string | undefined): readonly string[] =>
    planJobMounts(parseMountInfo(more), roots, '/run/x/init', storageRoot)
      .mounts.map(({ destination }) => destination)
      .filter((path) => /snapshots|storage/.test(path));
  expect(seen('/mnt/snapshots')).toEqual([]);
  expect(seen('/mnt/snapshots/deeper')).toEqual(['/mnt/snapshots']);
  expect(seen(undefined)).toEqual(['/mnt/snapshots']);
});

test('a job sees the further file systems of the machine, has its own folders, and parents come first', () => {
  const { mounts, notes } = planJobMounts(parseMountInfo(mountInfo), roots, '/run/x/init', undefined);
  const destinations = mounts.map(({ destination }) => destination);
  expect(destinations.toSorted()).toEqual(
    [
      '/data one',
      '/data one/inner',
      '/dev',
      '/dev/mqueue',
      '/dev/pts',
      '/dev/shm',
      '/old',
      '/old/seen',
      '/proc',
      '/run/holdfast/init',
      '/sys',
      '/sys/fs/cgroup',
      '/tmp',
      '/tmp/work',
    ].toSorted(),
  );
  for (const [parent, child] of [
    ['/tmp', '/tmp/work'],
    ['/dev', '/dev/shm'],
    ['/data one', '/data one/inner'],
    ['/sys', '/sys/fs/cgroup'],
  ] as const)
    expect(destinations.indexOf(parent)).toBeLessThan(destinations.indexOf(child));
  expect(mounts.find(({ destination }) => destination === '/tmp')).toEqual({
    destination: '/tmp',
    type: 'bind',
    source: '/run/x/tmp',
    options: ['bind'],
    root: 'tmp',
  });
  expect(mounts.find(({ destination }) => destination === '/sys')?.options).toEqual(['bind', 'ro']);
  expect(notes).toEqual([
    '/net: a file system of type autofs cannot go along with a job',
    '/var/lib/docker/overlay2/x/merged: what lies below /var/lib/docker belongs to other containers',
    '/tmp/mounted: the job has a /tmp of its own',
  ]);
});

test('a restore gives roots their new places, and something empty for what this machine lacks', async () => {
  const missing = mkdtempSync(join(tmpdir(), 'hf-cont-'));
  const recorded = await recordMounts([
    { destination: '/tmp', type: 'bind', source: '/gone/tmp', options: ['bind'], root: 'tmp' },
    { destination: '/no/such/folder', type: 'bind', source: '/no/such/folder', options: ['bind'] },
    { destination: '/proc', type: 'proc', source: 'proc', options: [] },
    { destination: '/etc', type: 'bind', source: '/etc', options: ['bind'] },
  ]);
  const { mounts, warnings } = await placeMounts(recorded, roots, { init: '/i', missing });
  expect(mounts.map(({ source }) => source)).toEqual(['/run/x/tmp', `${missing}/1`, 'proc', '/etc']);
  expect(warnings).toEqual(['/no/such/folder is not on this machine, or does not answer: the job finds it empty']);
  const { mounts: left } = await placeMounts(recorded, roots, { init: '/i', missing }, new Set(['/etc']));
  expect(left.find(({ destination }) => destination === '/etc')?.source).toBe(`${missing}/3`);
  await expect(placeMounts(recorded, [], { init: '/i', missing: '/m' })).rejects.toMatchObject({ code: 'HF_RESTORE_REFUSED' });
  rmSync(missing, { recursive: true });
});
