import { z } from 'zod';
import { ioUringCalls, noSuchSystemCall, seccompWithoutIoUring } from '../container/seccomp.js';

const profileSchema = z.looseObject({
  defaultAction: z.string(),
  syscalls: z.array(z.looseObject({ names: z.array(z.string()) })).optional(),
});

/**
 * The container's own seccomp profile with io_uring's calls answered by ENOSYS, whatever it says of them; a profile of that rule alone where the
 * container has none. Everything else stays as it is. Undefined where the profile is no such thing. Pure.
 */
export function withoutIoUring(profile: unknown, architecture: string): object | undefined {
  if (profile === undefined || profile === null) return seccompWithoutIoUring(architecture);
  const parsed = profileSchema.safeParse(profile);
  if (!parsed.success) return undefined;
  const others = (parsed.data.syscalls ?? [])
    .map((rule) => ({ ...rule, names: rule.names.filter((name) => !ioUringCalls.includes(name)) }))
    .filter(({ names }) => names.length > 0);
  const refused = { names: ioUringCalls, action: 'SCMP_ACT_ERRNO', errnoRet: noSuchSystemCall };
  return { ...parsed.data, syscalls: [...others, refused] };
}
