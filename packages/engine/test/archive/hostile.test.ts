import { expect, test } from 'vitest';
import { stream } from '../files/stream.js';
import { contentOf, exported, imported, metadata, openPlaces, type Places, takeSnapshot } from './archives.js';
import { type ForgedManifest, forged, membersOf, objectOf, packed } from './forge.js';

async function expectRefused(places: Places, archive: Buffer, code: string, what: string): Promise<void> {
  await expect(imported(places, archive), what).rejects.toMatchObject({ code });
  expect(await places.there.list('new'), what).toEqual([]);
  expect((await places.there.state('new')).newest, what).toBeUndefined();
}

const refusals = expect.stringMatching(/^HF_(?:ARCHIVE_CORRUPT|ARCHIVE_FOREIGN|FORMAT_NEWER)$/u) as string;

test('an archive with one byte changed is refused, or is the same snapshot', async () => {
  await using places = await openPlaces();
  const number = await takeSnapshot(places.here);
  const archive = await exported(places, number);
  const original = await contentOf(places.here, 'job', number);
  let refused = 0;
  for (let at = 0; at < archive.length; at += 997) {
    const damaged = Buffer.from(archive);
    damaged[at] = (damaged[at] ?? 0) ^ 0x20;
    const job = `try-${at}`;
    const outcome = await imported(places, damaged, { job }).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) expect(await contentOf(places.there, job, 1), `byte ${at}`).toEqual(original);
    else {
      expect(outcome, `byte ${at}`).toMatchObject({ code: refusals });
      expect(await places.there.list(job), `byte ${at}`).toEqual([]);
      refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(25);
});

test('a manifest that says something else, and is well-formed, is refused by its digest', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  const at = archive.indexOf('./train.sh', archive.indexOf('holdfast-archive'));
  archive.write('./drain.sh', at);
  await expectRefused(places, archive, 'HF_ARCHIVE_CORRUPT', 'another command');
});

test('an archive cut anywhere leaves nothing that can be chosen, and does not keep the whole one out', async () => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  let attempt = 0;
  for (let length = 512; length < archive.length - 1024; length += 4096) {
    attempt += 1;
    const cut = imported(places, archive.subarray(0, length), { attempt: `import-${attempt}` });
    await expect(cut, `cut to ${length}`).rejects.toMatchObject({ code: refusals });
    expect((await places.there.state('new')).newest).toBeUndefined();
  }
  await imported(places, archive, { attempt: 'import-last' });
  expect(await places.there.verify('new')).toMatchObject({ ok: true });
});

test('an archive without one of its members is refused', async () => {
  await using places = await openPlaces();
  const members = await membersOf(await exported(places, await takeSnapshot(places.here)));
  const needed = members.filter(({ name }) => /^(?:holdfast\/[a-z]+\.json|holdfast\/objects|checkpoint\/(?:core|pagemap|pages-1))/u.test(name));
  expect(needed.length).toBe(7);
  for (const { name } of needed) {
    const code = name === 'holdfast/manifest.json' ? 'HF_ARCHIVE_FOREIGN' : 'HF_ARCHIVE_CORRUPT';
    await expectRefused(places, await packed(members.filter((member) => member.name !== name)), code, `without ${name}`);
  }
});

test('members in another order are refused; others of the same names are passed over', async () => {
  await using places = await openPlaces();
  const members = await membersOf(await exported(places, await takeSnapshot(places.here)));
  const first = members.findIndex(({ name }) => name === 'checkpoint/core-1.img');
  const swapped = members.toSpliced(first, 2, ...members.slice(first, first + 2).toReversed());
  await expectRefused(places, await packed(swapped), 'HF_ARCHIVE_CORRUPT', 'two members in the other order');
  const others = members.filter(({ name }) => name.startsWith('checkpoint/core')).map(({ name }) => ({ name, body: Buffer.from('another') }));
  const { summary } = await imported(places, await packed([...members, ...others]));
  expect(await contentOf(places.there, 'new', summary.number)).toEqual(await contentOf(places.here, 'job', 1));
});

test("a container's checkpoint of another program is called so, however few members it has", async () => {
  await using places = await openPlaces();
  // The order of members that podman container checkpoint --export has.
  const names = ['artifacts/', 'devshm-checkpoint.tar', 'config.dump', 'spec.dump', 'network.status', 'stats-dump', 'ctr.log', 'checkpoint/'];
  const images = ['cgroup.img', 'core-1.img', 'files.img', 'fs-1.img', 'ids-1.img', 'inventory.img', 'mm-1.img', 'pagemap-1.img', 'pages-1.img'];
  const members = [...names, ...images.map((name) => `checkpoint/${name}`)].map((name) => ({ name, body: Buffer.alloc(0) }));
  const refusal = { code: 'HF_ARCHIVE_FOREIGN', message: expect.stringContaining("a container's checkpoint") as string };
  await expect(imported(places, await packed(members))).rejects.toMatchObject(refusal);
  await expect(imported(places, await packed(members.slice(0, 5)))).rejects.toMatchObject(refusal);
  await expect(imported(places, await packed(members.slice(0, 2)))).rejects.toMatchObject({
    message: expect.stringContaining('it has no') as string,
  });
});

const run = (firstPage: number, pageCount: number): { firstPage: number; pageCount: number } => ({ firstPage, pageCount });

test.each<[string, string, (manifest: ForgedManifest) => unknown]>([
  ['a size that does not fit the pages', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'memory/1').sizeBytes += 4096)],
  ['pages beyond the end', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'file/cwd/first').runs = [run(5, 1)])],
  ['runs that overlap', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'memory/1').runs = [run(1, 2), run(2, 2)])],
  ['a run without a page', 'HF_ARCHIVE_CORRUPT', (forging) => objectOf(forging, 'file/cwd/empty').runs.push(run(0, 0))],
  ['a page number that is not exact', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'memory/1').runs = [run(1, 2), run(2 ** 52, 2)])],
  [
    'a huge file of which little comes',
    'HF_ARCHIVE_CORRUPT',
    (forging) => Object.assign(objectOf(forging, 'file/cwd/first'), { sizeBytes: 2 ** 45, runs: [run(0, 2 ** 33)] }),
  ],
  ['a key twice', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'file/cwd/empty').key = 'file/cwd/first')],
  ['a member twice', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'memory/1').member = objectOf(forging, 'tree/cwd').member)],
  ['an image whose name leads out', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'image/core-1.img').key = 'image/../../etc/passwd')],
  ['memory that is said to be a file', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'memory/1').kind = 'file')],
  ['an image that is said to be memory', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'image/core-1.img').key = 'memory/9')],
  ['memory elsewhere than its page map says', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'memory/1').runs = [run(1, 2), run(9, 2)])],
  ['memory without a page map', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'memory/1').key = 'memory/3')],
  ['no file table', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'tree/cwd').key = 'tree/other')],
  ['a file without its content', 'HF_ARCHIVE_CORRUPT', (forging) => (objectOf(forging, 'file/cwd/first').key = 'file/cwd/other')],
  ['a description that is not whole', 'HF_ARCHIVE_CORRUPT', (forging) => (forging.metadata = { ...metadata, roots: 'none' })],
  ['a description of a newer Holdfast', 'HF_FORMAT_NEWER', (forging) => (forging.metadata = { ...metadata, version: 2 })],
  ['a newer version', 'HF_FORMAT_NEWER', (forging) => (forging.version = 2)],
])('a manifest with %s is refused although its digest is right', async (what, code, change) => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  await expectRefused(places, await forged(archive, change), code, what);
});

test.each<[string, Buffer]>([
  ['leads out of its root', stream({ type: 'd' }, { path: '..', type: 'd' }, { path: '../evil' })],
  ['goes through a link', stream({ type: 'd' }, { path: 'a', type: 'l', target: Buffer.from('/etc') }, { path: 'a/passwd' })],
  ['is cut', stream({ type: 'd' }).subarray(0, -1)],
])('a file table that %s is refused although all digests are right', async (what, table) => {
  await using places = await openPlaces();
  const archive = await exported(places, await takeSnapshot(places.here));
  const change = (forging: ForgedManifest): unknown => Object.assign(objectOf(forging, 'tree/cwd'), { sizeBytes: table.length, runs: [run(0, 1)] });
  await expectRefused(places, await forged(archive, change, { 'holdfast/objects/00000000': table }), 'HF_ARCHIVE_CORRUPT', what);
});

test('the forger of these tests makes archives that are taken where nothing is wrong', async () => {
  await using places = await openPlaces();
  await imported(places, await forged(await exported(places, await takeSnapshot(places.here)), () => undefined));
  expect(await contentOf(places.there, 'new', 1)).toEqual(await contentOf(places.here, 'job', 1));
});
