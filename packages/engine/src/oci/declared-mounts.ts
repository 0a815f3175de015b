import { z } from 'zod';
import { type HostMount, isBelow } from '../container/host-mounts.js';
import type { Bundle } from './bundle.js';
import { containerMounts } from './container-mounts.js';

const mountsSchema = z.array(z.looseObject({ destination: z.string(), options: z.array(z.string()).optional() }));

/** With more below it a folder is the machine's own (`-v /:/host`), and no job's. */
const mostNested = 16;

export interface DeclaredMounts {
  readonly mounts: readonly object[];
  /** Of those that the bundle did not name: by destination that of the mount in which they came along. */
  readonly inside: Readonly<Record<string, string>>;
}

/**
 * The bundle's mounts with those of their own that came along inside a bound folder: CRIU takes no mount that the bundle does not name. Such a bind is made
 * without what lies below it, and that bound after it, so that the container sees the same. One that the machine's later mounts come through to stays as it
 * is, as does one with very many below it. The list as it is where there is nothing to do.
 */
export async function declaredMounts(bundle: Bundle, hostMounts: readonly HostMount[]): Promise<DeclaredMounts> {
  const listed = mountsSchema.parse(bundle.config['mounts'] ?? []);
  const named = bundle.mounts.map(({ destination }) => destination);
  // What the bundle has at or above its place is mounted later and hides it.
  const isHidden = (destination: string, outer: string): boolean =>
    named.some((other) => isBelow(other, outer) && (other === destination || isBelow(destination, other)));
  const nested = Map.groupBy(
    (await containerMounts(bundle, hostMounts)).filter(({ destination, inside }) => inside !== undefined && !isHidden(destination, inside)),
    ({ inside }) => inside,
  );
  const inside: Record<string, string> = {};
  const mounts = listed.flatMap((mount) => {
    const { options = [] } = mount;
    const below = nested.get(mount.destination.replace(/(?<=.)\/+$/, '')) ?? [];
    const isPrivate = options.includes('rprivate') || options.includes('private');
    if (below.length === 0 || below.length > mostNested || !isPrivate) return [mount];
    for (const each of below) inside[each.destination] = each.inside ?? '';
    return [
      { ...mount, options: options.map((option) => (option === 'rbind' ? 'bind' : option)) },
      ...below.map(({ destination, hostPath, readOnly }) => ({
        destination,
        type: 'bind',
        source: hostPath,
        options: ['bind', 'rprivate', ...(readOnly ? ['ro'] : [])],
      })),
    ];
  });
  return { mounts, inside };
}
