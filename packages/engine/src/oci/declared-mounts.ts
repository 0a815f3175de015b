import { z } from 'zod';
import { type HostMount, isBelow, visibleMounts } from '../container/host-mounts.js';
import type { Bundle } from './bundle.js';
import { containerMounts } from './container-mounts.js';
import { createMountAsker, resolveHostPath } from './resolve-host-path.js';

const mountSchema = z.looseObject({
  destination: z.string(),
  type: z.string().optional(),
  source: z.string().optional(),
  options: z.array(z.string()).optional(),
});
const mountsSchema = z.array(mountSchema);

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
 * is, as does one with very many below it. What is bound by a link (`--init` on Debian, a folder that moved to another disk) is bound by where it leads: runc
 * follows links, CRIU's restore would bind the link itself. The list as it is where there is nothing to do.
 */
export async function declaredMounts(bundle: Bundle, hostMounts: readonly HostMount[]): Promise<DeclaredMounts> {
  const asks = createMountAsker();
  const visible = visibleMounts(hostMounts);
  const listed = await Promise.all(
    mountsSchema.parse(bundle.config['mounts'] ?? []).map(async (mount) => {
      const { source, options = [] } = mount;
      const isBind = mount.type === 'bind' || options.includes('bind') || options.includes('rbind');
      if (!isBind || source?.startsWith('/') !== true) return mount;
      const { path, answers } = await resolveHostPath(source, visible, asks);
      return answers ? { ...mount, source: path } : mount;
    }),
  );
  const named = bundle.mounts.map(({ destination }) => destination);
  // What the bundle has at or above its place is mounted later and hides it.
  const isHidden = (destination: string, outer: string): boolean =>
    named.some((other) => isBelow(other, outer) && (other === destination || isBelow(destination, other)));
  const nested = Map.groupBy(
    (await containerMounts(bundle, hostMounts, asks)).filter(({ destination, inside }) => inside !== undefined && !isHidden(destination, inside)),
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
