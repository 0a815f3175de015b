import { readFile } from 'node:fs/promises';
import { HoldfastError, runAbandonable } from '@holdfast/core';
import { type HostMount, isBelow, parseMountInfo, visibleMounts } from './host-mounts.js';
import type { JobMount } from './job-mounts.js';

/** File systems that ask a process or another machine, which may never answer. Others are the kernel's own. */
const asking = /^(?:fuse|fuseblk|fuse\..+|nfs4?|cifs|smb3|9p|virtiofs|ceph|afs|lustre|glusterfs|beegfs|pvfs2|coda)$/;
const answerMs = 3000;

/** The hint of what is said of such a mount. */
export const hungMountHint = 'look at the server or the process behind it; umount -l takes it away';

/**
 * The mount points, among these, at which the file system does not answer, or only with an error. Each is asked by a process of its own, which is left
 * behind where it hangs; none is started where no mount is of a kind that may.
 */
export async function hungMounts(mounts: readonly Pick<HostMount, 'type' | 'mountPoint'>[], prefix = ''): Promise<ReadonlySet<string>> {
  const asked = mounts.filter(({ type }) => asking.test(type));
  const answers = await Promise.all(asked.map(async ({ mountPoint }) => ((await answersAt(`${prefix}${mountPoint}`)) ? [] : [mountPoint])));
  return new Set(answers.flat());
}

/** What the kernel has in memory of a directory, it tells without asking; of the space it knows nothing. */
async function answersAt(path: string): Promise<boolean> {
  const outcome = await runAbandonable({ command: '/usr/bin/stat', args: ['-f', '--', path], timeoutMs: answerMs });
  return outcome.kind === 'exited' ? outcome.exitCode === 0 : outcome.kind === 'not-started';
}

/** True where a path leads to one of them, or through it. */
export function leadsToOne(path: string, hung: ReadonlySet<string>): boolean {
  return [...hung].some((mountPoint) => path === mountPoint || isBelow(path, mountPoint));
}

/** Of this machine, among those that a container would have. */
export async function hungSources(hostMounts: readonly HostMount[], mounts: readonly JobMount[]): Promise<ReadonlySet<string>> {
  const sources = mounts.filter(({ type, root }) => type === 'bind' && root === undefined).map(({ source }) => source);
  return hungMounts(
    visibleMounts(hostMounts).filter(({ mountPoint }) => sources.some((source) => source === mountPoint || isBelow(source, mountPoint))),
  );
}

/**
 * Rejects with HF_MOUNT_HUNG where a file system that a job sees does not answer: CRIU, which looks at each, would wait for it while the job is frozen.
 * `initPid` is the job's, whose mounts these are.
 */
export async function refuseHungMounts(initPid: number): Promise<void> {
  const seen = visibleMounts(parseMountInfo(await readFile(`/proc/${initPid}/mountinfo`, 'utf8').catch(() => '')));
  const [hung] = await hungMounts(seen, `/proc/${initPid}/root`);
  if (hung === undefined) return;
  throw new HoldfastError('HF_MOUNT_HUNG', {
    message: `the file system at '${hung}', which the job sees, does not answer: its snapshot would wait for it while the job is frozen`,
    kind: 'timeout',
    retry: 'yes',
    operation: 'dump',
    context: { path: hung },
    hint: `${hungMountHint}; the next snapshot is taken as usual`,
  });
}
