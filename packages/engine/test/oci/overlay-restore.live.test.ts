import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { silentLogger } from '@holdfast/core';
import { expect, test } from 'vitest';
import { createFileCapture } from '../../src/files/file-capture.js';
import { restoreFiles } from '../../src/files/restore-files.js';
import type { TrackedRoot } from '../../src/files/tracked-root.js';
import { listing, listingWithout } from '../files/listing.js';
import { contentOf, MemoryCheckpoint } from '../files/memory-checkpoint.js';
import { treeTool } from '../files/workspace.js';
import { hold, Overlay, OverlayHome } from './overlay.js';

const base = `
mkdir -p etc opt/tool/lib usr/share/doc var/cache/apt deep/a/b
echo base > etc/conf; echo gone > etc/obsolete; echo lib > opt/tool/lib/x; echo doc > usr/share/doc/y; echo old > var/cache/apt/z
ln etc/conf etc/hard; echo below > deep/a/b/c; chmod 4755 opt/tool/lib/x; touch -d @1000000000.123456789 etc/conf`;
const top = 'mkdir -p etc opt; echo top > etc/top; echo shadowed > opt/file';

/** Everything that a program can do to files of an image, so that each kind of mark comes up in the upper directory. */
const changes = `
echo more >> etc/conf; rm etc/obsolete etc/top; ln -s conf etc/link
rm -r opt/tool; mkdir opt/tool; echo new > opt/tool/own
rm -r var/cache; mkdir -p var/cache; rm -r usr/share/doc
echo one > data; ln data data-hard; mkfifo pipe; mknod null c 1 3; mkdir empty; chmod 1777 empty; chown 12:34 data
truncate -s 1M holes; printf x | dd of=holes bs=1 seek=70000 conv=notrunc status=none
python3 -c 'import os; os.setxattr("data", "user.mark", b"v"); os.setxattr("etc", "trusted.mark", b"w"); os.mkdir(b"name-\\xff")'
rm opt/file; mkdir opt/file; mv deep/a/b/c deep/a/c; rmdir deep/a/b; touch -d @1234567890.5 deep/a/c; chmod 700 deep`;

const more = `
rm data-hard; echo back > etc/obsolete; mkdir usr/share/doc; rm -r opt/tool; echo now-a-file > opt/tool; rm -r opt/file; rm etc/conf; chmod 755 deep; echo 2 > deep/a/c`;

/** By which overlayfs finds its way among the file systems of one machine. */
const ofThisMachine = ['impure', 'origin', 'uuid'].map((name) => `trusted.overlay.${name}`);
/** But for times of access: the store of this test moves them when it reads. */
const factsOf = (folder: string): readonly string[] => listingWithout(ofThisMachine, folder).map((line) => line.replace(/atime=\d+/, ''));
const withoutTimes = (line: string): string => line.replaceAll(/[am]time=\d+/g, '');

const rootOf = (overlay: Overlay): TrackedRoot => ({ id: 'rootfs', hostPath: overlay.upper, destination: '/', private: true });

async function capture(overlay: Overlay): Promise<MemoryCheckpoint> {
  const checkpoint = new MemoryCheckpoint();
  const stagingDir = join(overlay.folder, 'staging');
  const files = createFileCapture({ roots: [rootOf(overlay)], parent: undefined, stagingDir, treeTool, logger: silentLogger });
  const writer = checkpoint.writer();
  await files.preCopy(writer);
  await files.frozen([]);
  await files.finish(writer);
  rmSync(stagingDir, { recursive: true });
  return checkpoint;
}

async function restore(overlay: Overlay, checkpoint: MemoryCheckpoint): Promise<void> {
  const mount = await overlay.open();
  await mount.unmount();
  expect(overlay.isMounted()).toBe(false);
  const { notes } = await restoreFiles({ reader: checkpoint.reader(), roots: [rootOf(overlay)], treeTool, savedName: 'before' });
  expect(notes).toEqual([]);
  await mount.mount();
}

test('what a container made of its image comes back on another overlay over the same layers, in the third generation too', async () => {
  using home = new OverlayHome({ base, top });
  using first = new Overlay(home.path, 'first');
  first.shell(changes);
  const firstTree = factsOf(first.merged);
  const snapshot = await capture(first);

  using second = new Overlay(home.path, 'second');
  // What another start has left there is not the job's.
  second.shell('echo x > etc/conf; rm -r opt; mkdir other; echo y > other/z');
  await restore(second, snapshot);
  expect(factsOf(second.merged)).toEqual(firstTree);
  // No file has more names than before, whiteouts are whiteouts: what docker diff reads.
  expect(factsOf(second.upper)).toEqual(factsOf(first.upper));
  expect(listing(first.upper).join('\n')).toContain('trusted.overlay.origin');
  const stored = snapshot.objects.get('tree/rootfs');
  expect((stored === undefined ? '' : contentOf(stored).toString('latin1')).match(/trusted\.overlay\.(?:impure|opaque|origin|uuid)/g)).toEqual(
    Array.from({ length: 3 }, () => 'trusted.overlay.opaque'),
  );

  second.shell(more);
  const secondTree = factsOf(second.merged);
  using third = new Overlay(home.path, 'third');
  await restore(third, await capture(second));
  expect(factsOf(third.merged)).toEqual(secondTree);
  // It can be worked with: copied up, removed, renamed.
  third.shell('echo again >> usr/share/doc/new; mv opt/tool opt/tool2; rm etc/hard; test ! -e etc/hard; test "$(stat -c %h data)" = 1');
});

test('what a container had is set aside whole, by renaming it, and is back after a reset; a reset of what was not touched changes nothing', async () => {
  using home = new OverlayHome({ base, top });
  using overlay = new Overlay(home.path, 'one');
  const fresh = listing(overlay.merged).map(withoutTimes);
  overlay.shell(`${changes}; chmod 700 .; chown 5:6 .`);
  const mount = await overlay.open();
  await mount.reset();
  const before = factsOf(overlay.upper);
  const { ino } = statSync(join(overlay.upper, 'data'));
  await mount.setAside();
  await mount.mount();
  const [, ...others] = listing(overlay.merged).map(withoutTimes);
  expect(others).toEqual(fresh.slice(1));
  expect(statSync(overlay.upper)).toMatchObject({ uid: 5, gid: 6, mode: 0o40700 });
  overlay.shell('rm -r etc; echo half > opt/half');
  // As after a second failure, or a killed agent: the first is what the container had.
  await mount.setAside();
  await mount.reset();
  expect(overlay.isMounted()).toBe(false);
  expect(factsOf(overlay.upper)).toEqual(before);
  expect(statSync(join(overlay.upper, 'data')).ino).toBe(ino);
  await mount.mount();
  await mount.mount();
  expect(overlay.shell('cat data-hard; test ! -e etc/obsolete; test -e opt/tool/own')).toBe('one\n');
});

test('a copy of the mount in another mount namespace goes too; one that is used there, or here, stays, and who uses it is named', async () => {
  using home = new OverlayHome({ base, top });
  using overlay = new Overlay(home.path, 'one');
  const mount = await overlay.open();
  const elsewhere = ['unshare', '--mount', '--propagation', 'private'];
  await using used = await hold(elsewhere, overlay.merged);
  const refusal = { code: 'HF_CONTAINER_FILES', message: expect.stringMatching(new RegExp(`(sh|unshare) \\(process ${used.pid}\\)`)) as string };
  await expect(mount.unmount()).rejects.toMatchObject(refusal);
  expect(overlay.isMounted()).toBe(true);
  await used[Symbol.asyncDispose]();
  {
    await using here = await hold([], overlay.merged);
    await expect(mount.unmount()).rejects.toMatchObject({ code: 'HF_CONTAINER_FILES', message: expect.stringContaining('busy') as string });
    expect(here.pid).toBeGreaterThan(0);
  }
  expect(overlay.isMounted()).toBe(true);
  await using copied = await hold(elsewhere);
  expect(readFileSync(`/proc/${copied.pid}/mountinfo`, 'utf8')).toContain(overlay.merged);
  await mount.unmount();
  await mount.unmount();
  expect(readFileSync(`/proc/${copied.pid}/mountinfo`, 'utf8')).not.toContain(overlay.merged);
  expect(overlay.isMounted()).toBe(false);
});
