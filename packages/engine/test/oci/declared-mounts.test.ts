import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HostMount, parseMountInfo } from '../../src/container/host-mounts.js';
import { declaredMounts } from '../../src/oci/declared-mounts.js';
import { bind, bundle } from './bundles.js';

let folder = '';
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'hf-declared-')));
  mkdirSync(join(folder, 'a/in/deep'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

function mountsOf(...lines: readonly string[]): readonly HostMount[] {
  return parseMountInfo(['20 1 8:1 / / rw - ext4 /dev/sda1 rw', ...lines].join('\n'));
}

test('what lies below a bound folder is bound after it, in its order; everything else stays', async () => {
  const host = mountsOf(`30 20 0:30 / ${folder}/a/in rw - nfs4 s:/x rw`, `31 30 0:31 / ${folder}/a/in/deep ro - xfs /dev/sdb ro`);
  const shared = { destination: '/shared', type: 'bind', source: `${folder}/a`, options: ['rbind', 'rshared'] };
  const before = bundle({ mounts: [bind(`${folder}/a`, '/data/', 'ro'), shared] });
  const { mounts: all, inside } = await declaredMounts(before, host);
  const [proc, ...mounts] = all;
  expect(inside).toEqual({ '/data/in': '/data', '/data/in/deep': '/data' });
  expect(proc).toMatchObject({ destination: '/proc' });
  expect(mounts).toEqual([
    { destination: '/data/', type: 'bind', source: `${folder}/a`, options: ['bind', 'rprivate', 'ro'] },
    { destination: '/data/in', type: 'bind', source: `${folder}/a/in`, options: ['bind', 'rprivate'] },
    { destination: '/data/in/deep', type: 'bind', source: `${folder}/a/in/deep`, options: ['bind', 'rprivate', 'ro'] },
    shared,
  ]);
});

test('what another mount of the bundle hides is not bound', async () => {
  const host = mountsOf(`30 20 0:30 / ${folder}/a/in rw - nfs4 s:/x rw`);
  const before = bundle({ mounts: [bind(`${folder}/a`, '/data'), bind('/srv', '/data/in')] });
  expect((await declaredMounts(before, host)).mounts.slice(1)).toEqual([
    { destination: '/data', type: 'bind', source: `${folder}/a`, options: ['rbind', 'rprivate'] },
    bind('/srv', '/data/in'),
  ]);
});

test('what is bound by a link is bound by where it leads, as far as that is there', async () => {
  symlinkSync('a', join(folder, 'link'));
  symlinkSync('gone', join(folder, 'nowhere'));
  const before = bundle({ mounts: [bind(`${folder}/link/in`, '/data'), bind(`${folder}/nowhere`, '/gone')] });
  expect((await declaredMounts(before, mountsOf())).mounts.slice(1)).toEqual([bind(`${folder}/a/in`, '/data'), bind(`${folder}/nowhere`, '/gone')]);
});

test('without such a thing, or with very many, the list is as it was', async () => {
  const before = bundle({ mounts: [bind(`${folder}/a`, '/data')] });
  const many = Array.from({ length: 17 }, (_, index) => `${40 + index} 20 0:${40 + index} / ${folder}/a/in/${index} rw - tmpfs x rw`);
  for (const host of [mountsOf(), mountsOf(...many)])
    expect(await declaredMounts(before, host)).toEqual({ mounts: before.config['mounts'], inside: {} });
});
