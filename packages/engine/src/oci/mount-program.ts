import { execa } from 'execa';

export interface MountProgramOptions {
  /** Where relative layers begin. */
  readonly cwd: string;
}

const deadlineMs = 60_000;

/** Runs `mount`, `umount` or `find` of the base system, or a helper by its path; gives what it said where it failed. */
export async function runMountProgram(program: string, words: readonly string[], { cwd }: MountProgramOptions): Promise<string | undefined> {
  const { failed, stderr, shortMessage } = await execa(program, words, {
    cwd,
    // The newer interface of mounts takes 256 bytes of an option, and a list of layers is longer.
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', LIBMOUNT_FORCE_MOUNT2: 'always' },
    extendEnv: false,
    reject: false,
    detached: true,
    stdin: 'ignore',
    timeout: deadlineMs,
  });
  if (!failed) return undefined;
  return stderr.split('\n')[0] || shortMessage || 'no answer';
}
