import { type AgentConfig, HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import type { TrackedRoot } from '../files/index.js';
import { type ContainerImage, containerImageSchema, isSameImage } from '../oci/container-image.js';
import { assertSameUsers, containerUsers, containerUsersSchema } from '../oci/container-users.js';
import type { SnapshotMetadata } from '../run/snapshot-metadata.js';
import { type ContainerSetup, mountpointsOf } from './container-setup.js';

const recordedSchema = z.object({
  version: z.literal(1),
  kind: z.literal('oci'),
  mountpoints: z.array(z.string()),
  users: containerUsersSchema.optional(),
  image: containerImageSchema.optional(),
});

export interface PlacedRoots {
  readonly roots: readonly TrackedRoot[];
  /** What its user should know of, each a sentence. */
  readonly notes: readonly string[];
}

/** Where a snapshot's files go in this container. Throws HF_RESTORE_REFUSED, before anything is touched, where that can never succeed, with the reason. */
export function placeRoots(metadata: SnapshotMetadata, setup: ContainerSetup, { otherImage }: Pick<AgentConfig, 'otherImage'>): PlacedRoots {
  const recorded = recordedSchema.safeParse(metadata.container);
  if (!recorded.success)
    throw refused('its newest snapshot is not one of a container of Docker', 'resume it as it was started: by holdfast run, with the same --job');
  if (recorded.data.users !== undefined) assertSameUsers(recorded.data.users, containerUsers(setup.description));
  const present = mountpointsOf(setup);
  const missing = recorded.data.mountpoints.filter((path) => !present.includes(path));
  const added = present.filter((path) => !recorded.data.mountpoints.includes(path));
  if (missing.length > 0)
    throw refused(`the container has nothing mounted on ${missing.join(', ')}`, 'start it with the same volumes, binds and tmpfs as before');
  if (added.length > 0)
    throw refused(
      `the container has a mount on ${added.join(', ')}, where the job had none`,
      'start it with the same volumes, binds and tmpfs as before',
    );
  const notes = compareImages(recorded.data.image, setup.image, otherImage);
  const roots = metadata.roots.map(({ id, destination }) => {
    const root = setup.files.roots.find((each) => each.id === id);
    if (root !== undefined) return root;
    throw refused(
      id === 'rootfs' ? 'its root file system is read-only now' : `what is mounted on ${destination} is no folder that can be put back`,
      'start the container as before: a bind or volume that it can write to, on a file system of this machine',
    );
  });
  return { roots, notes };
}

function compareImages(
  before: ContainerImage | undefined,
  now: ContainerImage | undefined,
  otherImage: AgentConfig['otherImage'],
): readonly string[] {
  if (before === undefined || now === undefined) return ['whether this container has the image of the snapshot is not known: Docker did not tell'];
  if (isSameImage(before, now)) return [];
  const why = `it is of image ${now.id}, and the snapshot of a container of image ${before.id}, which has other files`;
  if (otherImage === 'warn') return [`${why}: what the job has loaded of them, and its open files, may not be what it finds`];
  throw refused(
    why,
    'start it of the same image, by its digest where a tag may have moved; or let the agent resume it nevertheless (agent.otherImage: warn)',
  );
}

function refused(why: string, hint: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `the job cannot go on in this container: ${why}`,
    kind: 'conflict',
    operation: 'agent.restore',
    hint,
  });
}
