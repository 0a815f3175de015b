import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Epoch, HoldfastError } from '@holdfast/core';
import { criuConfigText } from '../container/criu-config.js';
import { assertImageSizes } from '../container/image-sizes.js';
import { lendImages } from '../container/lend-images.js';
import { namedFailure } from '../container/named-failure.js';
import { readLogs } from '../container/read-log.js';
import { relinkLostNames } from '../container/relink.js';
import { removeFolder } from '../container/remove-folder.js';
import type { AdoptedContainer } from '../container/adopted/adopted-container.js';
import type { TrackedRoot } from '../files/index.js';
import { containerUsers } from '../oci/container-users.js';
import { credentialsRewrite } from '../oci/credentials-path.js';
import { openOverlay } from '../oci/overlay-mount.js';
import { refuseHungShared } from '../oci/refuse-hung-shared.js';
import { describeMachine } from '../preflight/machine.js';
import { restore, type Restored } from '../run/restore.js';
import { clearRestoreStaging, placeForImages } from '../run/restore-staging.js';
import { adoptContainer, criuConfigOf } from './adopt-container.js';
import type { AgentAttempt } from './agent-attempt.js';
import type { AgentContext } from './agent-context.js';
import { containerDirectory } from './container-record.js';
import type { ContainerSetup } from './container-setup.js';
import { diagnosisDirectory, keepLogs } from './diagnosis.js';
import type { LauncherConversation } from './launcher-conversation.js';
import { placeRoots } from './place-roots.js';
import { cleanUp, keepWhatWas, setAside } from './root-before.js';

export interface ResumeOptions {
  readonly context: AgentContext;
  readonly setup: ContainerSetup;
  readonly attempt: AgentAttempt;
  readonly conversation: LauncherConversation;
  readonly epoch: Epoch;
  /** Looks whether the file systems that the container shares answer, before anything is touched. */
  readonly refuseHung?: typeof refuseHungShared;
}

/**
 * Brings a job back in the container that its launcher is about to make. The container's root file system is put back while it is not mounted, so that it is
 * exactly what it was.
 *
 * - Undefined where the policy says to start anew: the root file system is then as Docker made it.
 * - Rejects as `restore` does; the root file system is as Docker made it, too.
 */
export async function resumeContainer({
  context,
  setup,
  attempt,
  conversation,
  epoch,
  refuseHung = refuseHungShared,
}: ResumeOptions): Promise<Restored | undefined> {
  const { config, clock, tools } = context;
  const { environment, events, request } = attempt.options;
  const { signal } = conversation;
  await refuseHung(setup.files.shared);
  const overlay = setup.files.overlay === undefined ? undefined : openOverlay(setup.files.overlay, { treeTool: tools.tree, signal });
  const folder = containerDirectory(config.stateDirectory, setup.id);
  const rewrite = credentialsRewrite(setup.description.environment);
  let touched = false;
  let tries = 0;
  let restored: Restored | undefined;
  try {
    restored = await restore(
      {
        job: setup.job,
        attempt: attempt.holder.attempt,
        store: environment.store,
        holder: attempt.holder,
        policy: request.onRestoreFailure,
        emit: events.emit.bind(events),
        signal,
        savedDirectory: join(config.stateDirectory, 'agent', 'saved', setup.job),
        stagingDirectory: attempt.staging.diskDirectory,
        imagesPlace: (memoryBytes) => placeForImages(attempt.staging, memoryBytes),
        // Nobody brings it its memory later (docs/adr/0050): one that was to be resumed lazily is told why it is not.
        resume: request.resume,
        machine: await describeMachine(tools.criu),
        rewrites: rewrite === undefined ? [] : [rewrite],
        places: setup.files,
        treeTool: tools.tree,
        exclude: environment.exclude,
        logger: environment.logger,
        clock,
        placeRoots: async (metadata) => placeRoots(metadata, setup, config.agent).roots,
        beforeFiles: async () => {
          conversation.touched();
          touched = true;
          if (overlay !== undefined) await setAside(context, setup, overlay, (text) => conversation.say(text));
        },
        start: (metadata, roots, imagesDirectory) => launch(roots, imagesDirectory),
      },
      epoch,
    );
    if (restored !== undefined) await keepWhatWas(context, setup, (text) => conversation.say(text));
    return restored;
  } finally {
    await clearRestoreStaging(attempt.staging, restored?.images.folder);
    if (restored === undefined && touched) {
      await cleanUp(setup.files, overlay);
    }
  }

  async function launch(roots: readonly TrackedRoot[], imagesDirectory: string): Promise<AdoptedContainer> {
    await assertImageSizes(imagesDirectory);
    await overlay?.mount();
    await using _links = await relinkLostNames(imagesDirectory, roots, setup.files);
    await writeFile(criuConfigOf(config.stateDirectory, setup.id), criuConfigText({ tcp: config.job.tcp, hook: tools.hook }), { mode: 0o600 });
    await using _images = await lendImages(imagesDirectory, containerUsers(setup.description));
    const work = join(folder, `restore-${(tries += 1)}`);
    await removeFolder(work);
    const deadlineMs = environment.limits.restoreTimeoutMs;
    const { status, timedOut } = await conversation.restore({ images: imagesDirectory, work, deadlineMs });
    if (setup.contract.diagnosis) await keepLogs(diagnosisDirectory(config.stateDirectory, setup.job), 'restore', work, clock.now());
    // A job that had little left to do may be through by now: that is its end, and no failure of its restore.
    if (status === 0) return await adoptContainer(context, setup, roots, { mayHaveEnded: true });
    throw timedOut ? tooSlow(deadlineMs, work) : await failureOf(status, work);
  }
}

function tooSlow(deadlineMs: number, logFolder: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_TIMEOUT', {
    message: `the restore was given up after ${deadlineMs} ms`,
    kind: 'timeout',
    operation: 'restore',
    context: { logFolder },
    hint: 'CRIU did not finish: the machine may lack memory for the job, or its disk may be too slow',
  });
}

async function failureOf(status: number, work: string): Promise<HoldfastError> {
  const names = (await readdir(work).catch(() => [])).filter((name) => name.endsWith('.log')).sort();
  const log = await readLogs(names.map((name) => join(work, name)));
  return namedFailure({ code: 'HF_RESTORE_FAILED', operation: 'restore', log, exitCode: status, logFolder: work });
}
