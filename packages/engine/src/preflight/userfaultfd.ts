import { execa } from 'execa';

const deadlineMs = 10_000;

/** What keeps a process of this machine from waiting for pages that come later, as holdfast-pager found it; undefined where nothing does. */
export async function lazyObstacle(pager: string): Promise<string | undefined> {
  const { failed, stdout, shortMessage } = await execa(pager, ['--check'], { reject: false, timeout: deadlineMs });
  if (!failed) return undefined;
  return stdout === '' ? shortMessage : stdout;
}
