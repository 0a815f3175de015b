import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import { type HostMount, isBelow, visibleMounts } from '../container/host-mounts.js';
import type { Bundle } from './bundle.js';
import { fileSystemKind } from './file-system-kinds.js';
import { type AsksMount, createMountAsker, resolveHostPath } from './resolve-host-path.js';

/** A place of a container's file system beside its root: a mount of its bundle, or one of the machine's that came along inside such a mount. */
export interface ContainerMount {
  readonly destination: string;
  /** Where this machine has it, without links as far as it answers; undefined for what is made in the container alone. */
  readonly hostPath: string | undefined;
  /** Of the file system. */
  readonly type: string;
  /** `hung`: it does not answer, and nothing may look at it. What came along of a shared file system is not asked. */
  readonly kind: 'folder' | 'file' | 'missing' | 'hung';
  readonly readOnly: boolean;
  /** Of what came along, as itself or declared by Holdfast: the destination of the mount in which it lies. */
  readonly inside: string | undefined;
  /** The file system's device and the path in it; undefined where this machine has no such thing. */
  readonly place: string | undefined;
}

/** In a bundle whose mounts are declared: which of them came along, by `ContainerMount.inside`. Who reads it again must not take them for the container's own. */
export const insideAnnotation = 'holdfast.inside';

const insideSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'no JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), z.string()));

/**
 * By destination; empty where nothing is noted. Throws HF_CONTAINER_BUNDLE where the note is none of Holdfast's, since whoever starts a container can give it annotations: it may not make
 * one of the container's mounts a part of another that it does not lie in.
 */
export function insideOf({ folder, annotations, mounts }: Pick<Bundle, 'folder' | 'annotations' | 'mounts'>): Readonly<Record<string, string>> {
  const noted = annotations.get(insideAnnotation);
  if (noted === undefined) return {};
  const { success, data } = insideSchema.safeParse(noted);
  if (!success) throw notOurs(folder, 'it is no list of mounts');
  const destinations = new Set(mounts.map(({ destination }) => withoutSlash(destination)));
  for (const [inner, outer] of Object.entries(data)) {
    if (!destinations.has(inner) || !destinations.has(outer) || !isBelow(inner, outer)) {
      throw notOurs(folder, `'${inner}' is no mount of this container inside its mount '${outer}'`);
    }
  }
  return data;
}

function notOurs(folder: string, why: string): HoldfastError {
  return new HoldfastError('HF_CONTAINER_BUNDLE', {
    message: `the annotation ${insideAnnotation} of the container in ${folder} was not written by Holdfast: ${why}`,
    kind: 'invalid-argument',
    operation: 'container.bundle',
    context: { folder },
    hint: `start the container without --annotation ${insideAnnotation}`,
  });
}

/** All of them, in the order in which they are mounted: of two at one place the later is seen. */
export async function containerMounts(
  bundle: Bundle,
  hostMounts: readonly HostMount[],
  asks: AsksMount = createMountAsker(),
): Promise<readonly ContainerMount[]> {
  const visible = visibleMounts(hostMounts);
  const inside = insideOf(bundle);
  const found = await Promise.all(
    bundle.mounts.map(async (mount): Promise<readonly ContainerMount[]> => {
      const { type, source, options } = mount;
      const destination = withoutSlash(mount.destination);
      const common = { destination, readOnly: options.includes('ro') || options.includes('rro'), inside: inside[destination] };
      if (type !== 'bind' && !options.includes('bind') && !options.includes('rbind'))
        return [{ ...common, hostPath: undefined, type, kind: 'folder', place: undefined }];
      const { path: hostPath, answers } = await resolveHostPath(source, visible, asks);
      const system = mountOf(hostPath, visible)?.type ?? 'unknown';
      const bound = { ...common, hostPath, type: system, kind: answers ? await kindOf(hostPath) : ('hung' as const) };
      const nested = options.includes('bind') && !options.includes('rbind') ? [] : await nestedMounts(bound, visible, asks);
      return [{ ...bound, place: placeOf(hostPath, visible) }, ...nested];
    }),
  );
  return found.flat();
}

/** The file system's device and the path in it, by which two binds of one folder are the same. */
export function placeOf(path: string, visible: readonly HostMount[]): string | undefined {
  const mount = mountOf(path, visible);
  if (mount === undefined) return undefined;
  const below = mount.mountPoint === '/' ? path : path.slice(mount.mountPoint.length);
  return `${mount.device}:${join(mount.root, below).replace(/\/$/, '')}`;
}

/** The mount in which a path of this machine lies. */
function mountOf(path: string, visible: readonly HostMount[]): HostMount | undefined {
  return visible
    .filter(({ mountPoint }) => mountPoint === path || isBelow(path, mountPoint))
    .sort((left, right) => right.mountPoint.length - left.mountPoint.length)[0];
}

function nestedMounts(
  outer: { readonly destination: string; readonly hostPath: string },
  visible: readonly HostMount[],
  asks: AsksMount,
): Promise<readonly ContainerMount[]> {
  const inside = visible.filter(({ mountPoint }) => isBelow(mountPoint, outer.hostPath));
  return Promise.all(
    inside.map(async (mount): Promise<ContainerMount> => {
      const { mountPoint, type, options } = mount;
      return {
        destination: join(outer.destination, mountPoint.slice(outer.hostPath.length)),
        hostPath: mountPoint,
        type,
        // Nobody looks at what is shared.
        kind: fileSystemKind(type) !== 'local' || (await asks(mount)) ? 'folder' : 'hung',
        // A read-only bind leaves what came along as it was, unless it is read-only itself.
        readOnly: options.includes('ro'),
        inside: outer.destination,
        place: placeOf(mountPoint, visible),
      };
    }),
  );
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'missing'> {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) return 'missing';
  return status.isDirectory() ? 'folder' : 'file';
}

function withoutSlash(path: string): string {
  return path === '/' ? path : path.replace(/\/+$/, '');
}
