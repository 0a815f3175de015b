import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostMount, parseMountInfo } from '../../src/container/host-mounts.js';
import { amendedConfig, withDeclaredMounts } from '../../src/oci/amend-bundle.js';
import { parseBundle } from '../../src/oci/bundle.js';
import { type ContainerFiles, containerFiles } from '../../src/oci/container-files.js';
import { type BundleParts, bind, bundle, containerId } from './bundles.js';

let folder = '';
let shm = '';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hf-files-')));
  shm = `containers/${containerId}/mounts/shm`;
  for (const name of ['l/A', 'l/B', 'ID/diff', 'ID/work', 'ID/merged', 'volume/inner', 'volume/cloud', 'other', shm])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('volume', join(folder, 'link'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function mountsOf(overlayOptions: string, ...more: readonly string[]): readonly HostMount[] {
  const overlay = `50 20 0:50 / ${folder}/ID/merged rw,relatime shared:1 - overlay overlay rw,${overlayOptions}`;
  return parseMountInfo(['20 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw', overlay, ...more].join('\n'));
}

const plain = 'lowerdir=l/A:l/B,upperdir=ID/diff,workdir=ID/work,index=off,nouserxattr';

function filesOf(parts: BundleParts, mounts: readonly HostMount[] = mountsOf(plain), exclude: readonly string[] = []): Promise<ContainerFiles> {
  return containerFiles(bundle({ rootPath: `${folder}/ID/merged`, ...parts }), mounts, { exclude });
}

test('the upper directory is the root of the root file system; a volume and the own shared memory are further ones', async () => {
  const { roots, overlay, notes, shared } = await filesOf({
    mounts: [
      bind(`${folder}/link`, '/data/'),
      bind(join(folder, shm), '/dev/shm'),
      bind(`${folder}/other`, '/ro', 'ro'),
      bind(`${folder}/file`, '/etc/hosts'),
    ],
  });
  expect(roots).toEqual([
    { id: 'rootfs', hostPath: `${folder}/ID/diff`, destination: '/', private: true },
    { id: 'shm', hostPath: join(folder, shm), destination: '/dev/shm', private: true },
    { id: expect.stringMatching(/^mount-[0-9a-f]{12}$/) as string, hostPath: `${folder}/volume`, destination: '/data', private: false },
  ]);
  expect(overlay).toMatchObject({
    lowerDirectories: [`${folder}/l/A`, `${folder}/l/B`],
    workDirectory: `${folder}/ID/work`,
    baseDirectory: folder,
    options: ['lowerdir=l/A:l/B', 'upperdir=ID/diff', 'workdir=ID/work', 'index=off'],
    mountFlags: ['rw', 'relatime'],
  });
  expect([notes, shared]).toEqual([[], []]);
});

test('a root’s id is that of its destination, wherever the machine has it', async () => {
  const [here, there] = await Promise.all(['volume', 'other'].map((name) => filesOf({ mounts: [bind(`${folder}/${name}`, '/data')] })));
  expect(here?.roots[1]?.id).toBe(there?.roots[1]?.id);
});

test('what cannot be tracked is left alone and told', async () => {
  const mounts = [
    bind('/', '/host'),
    bind('/dev/shm', '/dev/shm'),
    bind(`${folder}/file`, '/settings'),
    bind('/nowhere/at/all', '/gone'),
    bind('/etc/hosts', '/etc/hosts'),
  ];
  const { roots, notes } = await filesOf({ mounts });
  expect(roots.map(({ id }) => id)).toEqual(['rootfs']);
  expect(notes.map((note) => note.split(' ')[0])).toEqual(['/host', '/dev/shm', '/settings', '/gone']);
});

test('a shared file system is left alone, also below a bound folder; a local one there is a root', async () => {
  const mounts = mountsOf(
    plain,
    `60 20 0:60 / ${folder}/volume/cloud rw - nfs4 server:/x rw`,
    `61 20 8:2 / ${folder}/volume/inner rw - xfs /dev/sdb rw`,
    `62 20 0:62 / ${folder}/other rw - fuse.juicefs JuiceFS:x rw`,
  );
  const { roots, shared, mountpoints } = await filesOf({ mounts: [bind(`${folder}/volume`, '/data'), bind(`${folder}/other`, '/efs')] }, mounts);
  expect(mountpoints).toEqual(['/data', '/data/cloud', '/data/inner', '/efs', '/proc']);
  expect(shared).toEqual([
    { destination: '/data/cloud', hostPath: `${folder}/volume/cloud`, type: 'nfs4' },
    { destination: '/efs', hostPath: `${folder}/other`, type: 'fuse.juicefs' },
  ]);
  expect(roots.map(({ destination }) => destination)).toEqual(['/', '/data', '/data/inner']);
});

test('what lies inside a folder that is left alone is, too, also for who reads the bundle once its mounts are declared', async () => {
  const host = mountsOf(plain, `60 20 8:2 / ${folder}/volume rw - xfs /dev/sdb rw`);
  const before = bundle({ rootPath: `${folder}/ID/merged`, mounts: [bind(dirname(folder), '/all'), bind(`${folder}/other`, '/own')] });
  const amended = amendedConfig(before, { criuConfigPath: '/criu.conf', architecture: 'x64' });
  let read = before;
  for (const time of ['first', 'second', 'third']) {
    const { roots, mountpoints } = await containerFiles(read, host);
    expect([time, roots.map(({ destination }) => destination)]).toEqual([time, ['/', '/own']]);
    expect(mountpoints).toContain(`/all/${basename(folder)}/volume`);
    read = parseBundle(before.folder, JSON.stringify(await withDeclaredMounts(amended, read, host)));
  }
  expect(read.mounts.filter(({ source }) => source === `${folder}/volume`)).toHaveLength(1);
});

test.each([
  ['no JSON', '{'],
  ['JSON of another kind', '["/own"]'],
  ['of a mount that is not inside the other', '{"/own":"/all"}'],
  ['of a mount that is not there', '{"/all/there":"/all"}'],
])('a note of what lies inside that Holdfast did not write refuses the container, and leaves no mount of it out: %s', async (_, noted) => {
  const { folder: place, config } = bundle({
    rootPath: `${folder}/ID/merged`,
    mounts: [bind(dirname(folder), '/all'), bind(`${folder}/other`, '/own')],
  });
  const read = parseBundle(place, JSON.stringify({ ...config, annotations: { 'holdfast.inside': noted } }));
  const message = expect.stringContaining('the annotation holdfast.inside') as string;
  await expect(containerFiles(read, mountsOf(plain))).rejects.toMatchObject({ code: 'HF_CONTAINER_BUNDLE', message });
});

test('a folder inside another one that is bound, or bound twice, is captured once', async () => {
  const { roots } = await filesOf({
    mounts: [bind(`${folder}/volume/inner`, '/in'), bind(`${folder}/volume`, '/a'), bind(`${folder}/volume`, '/b')],
  });
  expect(roots.map(({ destination }) => destination)).toEqual(['/', '/a']);
});

test('a folder inside another one is a root of its own where another file system hides it there; one that the machine has at two places is captured once', async () => {
  const mounts = mountsOf(plain, `60 20 8:3 / ${folder}/volume/inner rw - xfs /dev/sdc rw`, `61 20 8:3 /deep ${folder}/other rw - xfs /dev/sdc rw`);
  const binds = [bind(`${folder}/volume`, '/a'), bind(`${folder}/other`, '/b')];
  const { roots } = await filesOf({ mounts: binds }, mounts);
  expect(roots.map(({ destination }) => destination)).toEqual(['/', '/a', '/a/inner']);
});

test('a path of the container is found where this machine has it; the longest mount decides, of two at one place the later', async () => {
  const { hostPathOf, roots } = await filesOf({
    mounts: [
      bind(`${folder}/other`, '/data'),
      bind(`${folder}/volume`, '/data'),
      bind(`${folder}/other`, '/data/deep'),
      { destination: '/run', type: 'tmpfs', source: 'tmpfs', options: [] },
    ],
  });
  expect(hostPathOf('/etc/x')).toBe(`${folder}/ID/merged/etc/x`);
  expect(hostPathOf('/data/x')).toBe(`${folder}/volume/x`);
  expect(hostPathOf('/data/deep/x')).toBe(`${folder}/other/x`);
  expect(hostPathOf('/database')).toBe(`${folder}/ID/merged/database`);
  expect(hostPathOf('/run/x')).toBeUndefined();
  expect(hostPathOf('/proc/1')).toBeUndefined();
  expect(roots.map(({ hostPath }) => hostPath)).toEqual([`${folder}/ID/diff`, `${folder}/volume`, `${folder}/other`]);
});

test('what is captured is told from what a restore has to find', async () => {
  const mounts = mountsOf(plain, `60 20 0:60 / ${folder}/other rw - nfs4 server:/x rw`);
  const binds = [
    bind(`${folder}/volume`, '/data'),
    bind(`${folder}/volume/inner`, '/again'),
    bind(`${folder}/other`, '/efs'),
    bind(`${folder}/file`, '/settings'),
    { destination: '/run', type: 'tmpfs', source: 'tmpfs', options: [] },
  ];
  const { trackedPathOf, comesBack } = await filesOf({ mounts: binds }, mounts, ['/scratch', '/data/tmp']);
  const tracked = [
    ['/etc/x', `${folder}/ID/diff/etc/x`],
    ['/data/x', `${folder}/volume/x`],
    ['/again/x', `${folder}/volume/inner/x`],
  ];
  for (const [path = '', place] of tracked) expect([trackedPathOf(path), comesBack(path)]).toEqual([place, true]);
  for (const path of ['/run/x', '/proc/self/oom_score_adj']) expect([trackedPathOf(path), comesBack(path)]).toEqual([undefined, true]);
  for (const path of ['/efs/log', '/settings', '/scratch/x', '/data/tmp/x'])
    expect([trackedPathOf(path), comesBack(path)]).toEqual([undefined, false]);
});

test('a read-only root is not captured, whatever it lies on', async () => {
  const { roots, overlay } = await filesOf({ readonly: true, mounts: [bind(`${folder}/volume`, '/data')] }, parseMountInfo(''));
  expect(overlay).toBeUndefined();
  expect(roots.map(({ destination }) => destination)).toEqual(['/data']);
});

test.each([
  ['no overlay', () => parseMountInfo(`20 1 8:1 / ${folder}/ID/merged rw - btrfs /dev/sda1 rw`), /it is a btrfs/],
  ['no mount', () => parseMountInfo('20 1 8:1 / / rw - ext4 /dev/sda1 rw'), /no mount of its own/],
  ['redirect_dir', () => mountsOf(`${plain},redirect_dir=on`), /redirect_dir=on/],
  ['metacopy', () => mountsOf(`${plain},metacopy=on`), /metacopy=on/],
  ['an unknown option', () => mountsOf(`${plain},sorcery=on`), /sorcery=on/],
  ['no upper directory', () => mountsOf('lowerdir=l/A:l/B'), /no upper directory/],
  ['layers that are not there', () => mountsOf('lowerdir=l/A:l/Z,upperdir=ID/diff,workdir=ID/work'), /layer l\/A/],
])('%s refuses protection by name', async (_, mounts, words) => {
  await expect(filesOf({}, mounts())).rejects.toMatchObject({ code: 'HF_CONTAINER_FILES', message: expect.stringMatching(words) as string });
});

test('what the container wants left out is neither a root nor captured in one', async () => {
  const mounts = [bind(`${folder}/volume`, '/data'), bind(`${folder}/other`, '/scratch/big')];
  const { roots, exclude } = await filesOf({ mounts }, mountsOf(plain), ['/scratch', '/data/inner', '/var/cache']);
  expect(roots.map(({ destination }) => destination)).toEqual(['/', '/data']);
  expect(exclude).toEqual([`${folder}/ID/diff/scratch`, `${folder}/volume/inner`, `${folder}/ID/diff/var/cache`]);
});
