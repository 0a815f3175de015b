import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseMountInfo } from '../../src/container/host-mounts.js';
import { containerFiles } from '../../src/oci/container-files.js';
import { refuseHungShared } from '../../src/oci/refuse-hung-shared.js';
import { createMountAsker, resolveHostPath } from '../../src/oci/resolve-host-path.js';
import { bind, bundle } from './bundles.js';

let folder = '';

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hf-resolve-')));
  for (const name of ['a/b', 'hung/in', 'disk/in']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'hung/file'), '');
  symlinkSync('a', join(folder, 'link'));
  symlinkSync(`${folder}/a/../link/b`, join(folder, 'far'));
  symlinkSync('hung/in', join(folder, 'into'));
  // What nobody may look at: who did would be led away.
  symlinkSync('/', join(folder, 'hung/away'));
  symlinkSync('round', join(folder, 'round'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const mounts = () =>
  parseMountInfo(
    [
      '20 1 8:1 / / rw - ext4 /dev/sda1 rw',
      `30 20 0:30 / ${folder}/hung rw - nfs4 s:/x rw`,
      `31 20 0:31 / ${folder}/disk rw - fuse.bindfs b rw`,
    ].join('\n'),
  );

test.each(['a/b', 'link/b', 'far', 'link/../a/./b/', 'hung/away', 'hung/file'])('a path leads where realpath says: %s', async (path) => {
  const found = await resolveHostPath(join('/', `${folder}/${path}`), mounts(), () => Promise.resolve(true));
  expect(found).toEqual({ path: realpathSync(`${folder}/${path}`), answers: true });
});

test.each(['nowhere/b', 'round', 'hung/file/b'])('one that leads nowhere is as it is: %s', async (path) => {
  const found = await resolveHostPath(`${folder}/${path}`, mounts(), () => Promise.resolve(true));
  expect(found).toEqual({ path: `${folder}/${path}`, answers: true });
});

test.each([
  ['hung/away/b', 'hung/away/b'],
  ['into/../away', 'hung/in/../away'],
  ['hung', 'hung'],
])('nothing is looked at on a file system that does not answer: %s', async (path, expected) => {
  const asked: string[] = [];
  const found = await resolveHostPath(`${folder}/${path}`, mounts(), ({ mountPoint }) => {
    asked.push(mountPoint);
    return Promise.resolve(false);
  });
  expect(found).toEqual({ path: join(folder, expected), answers: false });
  expect(asked).toEqual([`${folder}/hung`]);
});

test('a container of which a bind hangs is described all the same: a shared one is left alone as ever, a disk’s is named', async () => {
  const binds = [bind(`${folder}/into`, '/shared'), bind(`${folder}/disk/in`, '/disk'), bind(folder, '/all')];
  const asks = () => Promise.resolve(false);
  const { roots, shared, notes, mountpoints } = await containerFiles(bundle({ readonly: true, mounts: binds }), mounts(), { asks });
  expect(shared.map(({ destination, hostPath }) => [destination, hostPath])).toEqual([
    ['/shared', `${folder}/hung/in`],
    ['/all/hung', `${folder}/hung`],
  ]);
  expect(roots.map(({ destination }) => destination)).toEqual(['/all']);
  expect(notes).toEqual(['/disk is not captured: its file system does not answer', '/all/disk is not captured: its file system does not answer']);
  expect(mountpoints).toEqual(expect.arrayContaining(['/all', '/all/disk', '/all/hung', '/disk', '/shared']));
});

test('a job does not come back beside a shared file system that does not answer', async () => {
  const at = (hostPath: string, type: string) => ({ destination: '/data', hostPath, type });
  await refuseHungShared([at(folder, 'nfs4'), at('/nowhere', 'ext4')]);
  await expect(refuseHungShared([at(folder, 'nfs4'), at('/nowhere', 'nfs4')])).rejects.toMatchObject({
    code: 'HF_MOUNT_HUNG',
    message: expect.stringContaining("at '/nowhere', which the container has on /data,") as string,
  });
});

test('a mount is asked once, by what is mounted there; the kernel’s own always answers', async () => {
  const asks = createMountAsker();
  const [root, hung] = mounts();
  if (root === undefined || hung === undefined) throw new Error('two mounts');
  expect(await Promise.all([asks(root), asks(hung), asks({ ...hung, id: 99, mountPoint: '/nowhere' })])).toEqual([true, true, false]);
  expect(asks(hung)).toBe(asks(hung));
});
