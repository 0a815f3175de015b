import { describe, expect, test } from 'vitest';
import type { ContainerSetup } from '../../src/agent/container-setup.js';
import { placeRoots } from '../../src/agent/place-roots.js';
import type { ContainerImage } from '../../src/oci/container-image.js';
import type { SnapshotMetadata } from '../../src/run/snapshot-metadata.js';

const rootfs = { id: 'rootfs', hostPath: '/var/lib/docker/diff', destination: '/', private: true };
const image = (id: string, ...layers: readonly string[]): ContainerImage => ({ id, layers });
const ours = image('sha256:a', 'sha256:1', 'sha256:2');

function place(recorded: object, now: ContainerImage | undefined = ours, otherImage: 'refuse' | 'warn' = 'refuse', roots = [rootfs]) {
  const metadata = { roots: [rootfs], container: { version: 1, kind: 'oci', mountpoints: ['/proc'], ...recorded } } as unknown as SnapshotMetadata;
  const setup = { image: now, files: { mountpoints: ['/proc'], roots } } as unknown as ContainerSetup;
  return placeRoots(metadata, setup, { otherImage });
}

describe('a snapshot comes back in a container', () => {
  test.each([
    ['of the same image', ours],
    ['of one with the same files, made once more', image('sha256:b', 'sha256:1', 'sha256:2')],
  ])('%s', (_what, before) => {
    expect(place({ image: before })).toEqual({ roots: [rootfs], notes: [] });
  });

  test.each([
    ['other files', image('sha256:c', 'sha256:1', 'sha256:3')],
    ['more files', image('sha256:c', 'sha256:1', 'sha256:2', 'sha256:3')],
    ['fewer files', image('sha256:c', 'sha256:1')],
  ])('of another image, with %s, not at all, and by the policy with a warning', (_what, before) => {
    const named = expect.stringContaining('it is of image sha256:a, and the snapshot of a container of image sha256:c') as string;
    expect(() => place({ image: before })).toThrow(expect.objectContaining({ code: 'HF_RESTORE_REFUSED', message: named }) as Error);
    expect(place({ image: before }, ours, 'warn')).toEqual({ roots: [rootfs], notes: [expect.stringContaining('sha256:c') as string] });
  });

  test.each([
    ['of the snapshot', {}, ours],
    ['of the container', { image: ours }, undefined],
  ])('of which the image %s is not known, and that is said', (_what, recorded, now) => {
    const placed = now === undefined ? placeRootsUnknown(recorded) : place(recorded, now);
    expect(placed.notes).toEqual(['whether this container has the image of the snapshot is not known: Docker did not tell']);
  });

  test('not where a mount or a root is missing', () => {
    expect(() => place({ image: ours, mountpoints: ['/data', '/proc'] })).toThrow('nothing mounted on /data');
    expect(() => place({ image: ours }, ours, 'refuse', [])).toThrow('its root file system is read-only now');
  });
});

function placeRootsUnknown(recorded: object): ReturnType<typeof placeRoots> {
  const metadata = { roots: [rootfs], container: { version: 1, kind: 'oci', mountpoints: ['/proc'], ...recorded } } as unknown as SnapshotMetadata;
  const setup = { image: undefined, files: { mountpoints: ['/proc'], roots: [rootfs] } } as unknown as ContainerSetup;
  return placeRoots(metadata, setup, { otherImage: 'refuse' });
}
