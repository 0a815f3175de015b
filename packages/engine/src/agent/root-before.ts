import { emptyFolder, type OverlayMount, openOverlay } from '../oci/overlay-mount.js';
import { clearUnclean, isUnclean, markUnclean } from '../oci/unclean-mark.js';
import { keepAside } from '../oci/upper-aside.js';
import type { AgentContext } from './agent-context.js';
import type { ContainerSetup } from './container-setup.js';
import type { LauncherConversation } from './launcher-conversation.js';

/**
 * Makes a root file system, put back in part, what the container had before: of one that never ran, what Docker made. What Docker makes anew for each start, its
 * shared memory, is emptied.
 */
export async function cleanUp(files: ContainerSetup['files'], overlay: OverlayMount | undefined): Promise<void> {
  for (const { id, hostPath, private: own } of files.roots) if (own && id !== 'rootfs') await emptyFolder(hostPath);
  if (overlay === undefined) return;
  try {
    await overlay.reset();
  } finally {
    await overlay.mount();
  }
  await clearUnclean(overlay.description);
}

/**
 * The same for what an agent left that died over it. Where its launcher has brought the resume to a good end alone, and taken the note away, the job has run on these
 * files: they stay, and what the container had before them is kept.
 */
export async function cleanUpLeft(
  context: Pick<AgentContext, 'tools' | 'clock' | 'logger'>,
  setup: Pick<ContainerSetup, 'id' | 'files'>,
  conversation: Pick<LauncherConversation, 'touched' | 'say'>,
): Promise<void> {
  const { files } = setup;
  if (files.overlay === undefined) return;
  if (!(await isUnclean(files.overlay))) return await keepWhatWas(context, setup, (text) => conversation.say(text));
  conversation.touched();
  await cleanUp(files, openOverlay(files.overlay, { treeTool: context.tools.tree }));
}

/** Sets aside what the container has, before a snapshot's files come in its place. What a resume before this one left aside is not mixed up with it. */
export async function setAside(
  context: Pick<AgentContext, 'clock' | 'logger'>,
  setup: Pick<ContainerSetup, 'id' | 'files'>,
  overlay: Pick<OverlayMount, 'description' | 'setAside'>,
  say: (text: string) => void,
): Promise<void> {
  if (!(await isUnclean(overlay.description))) await keepWhatWas(context, setup, say);
  await markUnclean(overlay.description);
  await overlay.setAside();
}

/**
 * The job goes on with the files of its snapshot. What the container had instead, of an earlier run or by `docker cp`, is kept beside its upper directory, and
 * where that is, is told. Never rejects: the job runs.
 */
export async function keepWhatWas(
  { clock, logger }: Pick<AgentContext, 'clock' | 'logger'>,
  { id, files }: Pick<ContainerSetup, 'id' | 'files'>,
  say: (text: string) => void,
): Promise<void> {
  if (files.overlay === undefined) return;
  try {
    // First, and whatever becomes of the rest: the job's files would be taken for put back in part, also once it has ended.
    await clearUnclean(files.overlay);
    const kept = await keepAside(files.overlay, clock.now());
    if (kept !== undefined) {
      say(`what this container's root file system had before is in ${kept.folder} of the node, until the container is removed`);
      for (const old of kept.removed) say(`${old}, of an earlier start, was removed: the last three are kept`);
      logger.info({ container: id, ...kept }, 'what a container had before its resume was set aside');
    }
  } catch (error) {
    logger.error(
      { container: id, error: String(error) },
      'what a container had before its resume was not set aside in order; it lies beside its upper directory',
    );
  }
}
