/**
 * Refuses io_uring as a kernel without it does: CRIU cannot take a ring along, and programs that find none use what they used before.
 * Everything else is as without the filter. An environment variable cannot do this: the answer must hold from the first call on.
 */
export function seccompWithoutIoUring(architecture: string): object {
  return {
    defaultAction: 'SCMP_ACT_ALLOW',
    architectures: architectures.get(architecture) ?? [],
    syscalls: [{ names: ioUringCalls, action: 'SCMP_ACT_ERRNO', errnoRet: noSuchSystemCall }],
  };
}

export const ioUringCalls: readonly string[] = ['io_uring_setup', 'io_uring_enter', 'io_uring_register'];
export const noSuchSystemCall = 38;

/** By Node's names. A 32-bit program on a 64-bit kernel has its own numbers, and its own filter. */
const architectures: ReadonlyMap<string, readonly string[]> = new Map([
  ['x64', ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32']],
  ['arm64', ['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM']],
]);
