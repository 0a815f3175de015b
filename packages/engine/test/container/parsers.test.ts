import { expect, test } from 'vitest';
import { bundleConfig } from '../../src/container/bundle-config.js';
import { namesOfCapabilities, parseCaller } from '../../src/container/caller.js';
import { foldersOfNewGroup, freezerOfFolders, freezerOfNewGroup, parseCgroups } from '../../src/container/cgroup-files.js';
import { criuConfigText } from '../../src/container/criu-config.js';
import { parseMountInfo } from '../../src/container/host-mounts.js';
import { hostPathOf } from '../../src/container/host-path.js';
import { parseKeeperLine } from '../../src/container/keeper-lines.js';
import { openFlags, parseSharedWritable } from '../../src/container/open-files.js';
import { parseProcessStat } from '../../src/container/process-identity.js';

const status =
  'Name:\tx\nUmask:\t0027\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t10 20 \nCapInh:\t00ff\nCapPrm:\t0003\nCapEff:\t0001\nCapBnd:\t0003\nCapAmb:\t0000\nNoNewPrivs:\t0\n';

test('a job gets the effective user, the groups, the mask and no capability beyond the bounding set', () => {
  expect(parseCaller(status, 'Max open files            1024                 20000                files\n')).toEqual({
    uid: 2,
    gid: 6,
    groups: [10, 20],
    umask: 0o027,
    capabilities: {
      bounding: ['CAP_CHOWN', 'CAP_DAC_OVERRIDE'],
      effective: ['CAP_CHOWN'],
      permitted: ['CAP_CHOWN', 'CAP_DAC_OVERRIDE'],
      inheritable: ['CAP_CHOWN', 'CAP_DAC_OVERRIDE'],
      ambient: [],
    },
    noNewPrivileges: false,
    openFiles: { soft: 1024, hard: 20_000 },
  });
  expect(namesOfCapabilities('000001fffeffffff')).toHaveLength(40);
  expect(namesOfCapabilities('ffffffffffffffff')).toHaveLength(41);
});

const first = parseMountInfo(
  '37 31 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n38 31 0:31 / /cg/memory rw - cgroup cgroup rw,memory\n41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
);
const second = parseMountInfo('30 23 0:26 /box /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');

test('the freezer of version 1 lies below the own group, that of version 2 beside it', () => {
  const own = parseCgroups('8:freezer:/a\n4:memory:/m:x\n0::/u\n');
  expect(freezerOfNewGroup(first, own, 'holdfast/j')?.control).toBe('/sys/fs/cgroup/freezer/a/holdfast/j/freezer.state');
  expect(foldersOfNewGroup(first, own, 'holdfast/j')).toEqual(
    expect.arrayContaining(['/cg/memory/m:x/holdfast/j', '/sys/fs/cgroup/unified/holdfast/j']),
  );
  expect(freezerOfNewGroup(second, parseCgroups('0::/box/job/inner\n'), 'holdfast/j')).toMatchObject({
    control: '/sys/fs/cgroup/job/holdfast/j/cgroup.freeze',
    frozen: '1',
  });
  expect(freezerOfNewGroup([], own, 'x')).toBeUndefined();
});

test("the freezer of a container is the group that its runtime noted, and never a hierarchy's root, in which every process of the machine is", () => {
  const of = (folder: string): string | undefined => freezerOfFolders(first, new Map([['freezer', folder]]))?.folder;
  expect(of('/sys/fs/cgroup/freezer/docker/abc')).toBe('/sys/fs/cgroup/freezer/docker/abc');
  for (const folder of [
    '/sys/fs/cgroup/freezer',
    '/sys/fs/cgroup/freezer/',
    '/sys/fs/cgroup/freezer/x/..',
    '/sys/fs/cgroup/freezer/../memory/a',
    '/',
    '',
  ])
    expect(of(folder), folder).toBeUndefined();
  expect(freezerOfFolders(first, new Map([['memory', '/cg/memory/docker/abc']]))).toBeUndefined();
  expect(freezerOfFolders(second, new Map([['', '/sys/fs/cgroup/docker/abc']]))?.control).toBe('/sys/fs/cgroup/docker/abc/cgroup.freeze');
  expect(freezerOfFolders(second, new Map([['', '/sys/fs/cgroup']]))).toBeUndefined();
});

test.each([
  ['* holdfast-keeper 1', { type: 'hello', version: 1 }],
  ['* started 12', { type: 'started', pid: 12 }],
  ['* failed runtime 1', { type: 'failed', reason: 'runtime', status: 1 }],
  ['* failed deadline -1', { type: 'failed', reason: 'deadline', status: -1 }],
  ['* exited 7', { type: 'exited', code: 7 }],
  ['* killed 9', { type: 'killed', signal: 9 }],
  ['3 ok 100 1', { type: 'answer', id: 3, ok: true, words: ['100', '1'] }],
  ['* news', undefined],
  ['nonsense', undefined],
])('the keeper says %s', (line, meaning) => {
  expect(parseKeeperLine(line)).toEqual(meaning);
});

test('reads flags, shared mappings and odd program names', () => {
  expect(openFlags('pos:\t0\nflags:\t0102001\n')).toBe(0o102001);
  expect(openFlags('')).toBeUndefined();
  const maps =
    '7f00-8000 rw-s 00000000 fe:00 12 /data/x y (deleted)\n00009000-a000 r--s 0 fe:00 12 /ro\nb000-c000 rw-s 0 00:01 5 /dev/zero (deleted)\nd000-e000 rw-p 0 fe:00 3 /private\nf000-f100 rw-s 0 00:01 0 \n';
  expect(parseSharedWritable(maps)).toEqual(['7f00-8000']);
  const fields = Array.from({ length: 20 }, (_, index) => String(index)).join(' ');
  expect(parseProcessStat(`12 (a) b (c) S ${fields}`)).toEqual({ state: 'S', parentPid: 0, flags: 5, startTicks: 18 });
  expect(parseProcessStat('')).toBeUndefined();
});

test('a path of the job leads to its root on this machine', () => {
  const roots = [
    { id: 'tmp', hostPath: '/run/x', destination: '/tmp', private: true },
    { id: 'in', hostPath: '/tmp/in', destination: '/tmp/in', private: false },
  ];
  expect(hostPathOf('/tmp/a', roots)).toBe('/run/x/a');
  expect(hostPathOf('/tmp/in/a', roots)).toBe('/tmp/in/a');
  expect(hostPathOf('/tmpx/a', roots)).toBe('/tmpx/a');
});

test("the bundle has the caller's environment and nothing else, and answers io_uring with ENOSYS", () => {
  const config = bundleConfig({
    initName: 'holdfast-init-1',
    command: ['a', 'b c'],
    environment: { A: '1=2', EMPTY: '' },
    workingDirectory: '/w',
    caller: parseCaller(status, ''),
    mounts: [{ destination: '/tmp', type: 'bind', source: '/x', options: ['bind'], root: 'tmp' }],
    cgroupPath: 'holdfast/j',
    criuConfigPath: '/c',
    architecture: 'x64',
  });
  expect(config).toMatchObject({
    process: {
      args: ['/run/holdfast/init/holdfast-init-1', '--', 'a', 'b c'],
      env: ['A=1=2', 'EMPTY='],
      cwd: '/w',
      rlimits: [],
      user: { umask: 0o027 },
    },
    mounts: [{ destination: '/tmp', type: 'bind', source: '/x', options: ['bind'] }],
    linux: { namespaces: [{ type: 'pid' }, { type: 'mount' }, { type: 'ipc' }], seccomp: { syscalls: [{ errnoRet: 38 }] } },
  });
  expect(criuConfigText({ tcp: 'keep', hook: '/h' })).toContain('tcp-established\n');
  expect(criuConfigText({ tcp: 'close' })).not.toContain('action-script');
});
