import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Epoch, HoldfastError } from '@holdfast/core';
import { z } from 'zod';
import { criuConfigText } from '../container/criu-config.js';
import { assertImageSizes } from '../container/image-sizes.js';
import { namedFailure } from '../container/named-failure.js';
import { readLogs } from '../container/read-log.js';
import { relinkLostNames } from '../container/relink.js';
import { removeFolder } from '../container/remove-folder.js';
import type { AdoptedContainer } from '../container/adopted/adopted-container.js';
import type { TrackedRoot } from '../files/index.js';
import { credentialsRewrite } from '../oci/credentials-path.js';
import { assertSameUsers, containerUsers, containerUsersSchema } from '../oci/container-users.js';
import { openOverlay } from '../oci/overlay-mount.js';
import { markUnclean } from '../oci/unclean-mark.js';
import { describeMachine } from '../preflight/machine.js';
import { restore, type Restored } from '../run/restore.js';
import { clearRestoreStaging, placeForImages } from '../run/restore-staging.js';
import type { SnapshotMetadata } from '../run/snapshot-metadata.js';
import { adoptContainer, criuConfigOf } from './adopt-container.js';
import type { AgentAttempt } from './agent-attempt.js';
import type { AgentContext } from './agent-context.js';
import { containerDirectory } from './container-record.js';
import { type ContainerSetup, mountpointsOf } from './container-setup.js';
import { diagnosisDirectory, keepLogs } from './diagnosis.js';
import type { LauncherConversation } from './launcher-conversation.js';
import { cleanUp, keepWhatWas } from './root-before.js';

export interface ResumeOptions {
  readonly context: AgentContext;
  readonly setup: ContainerSetup;
  readonly attempt: AgentAttempt;
  readonly conversation: LauncherConversation;
  readonly epoch: Epoch;
}

/**
 * Brings a job back in the container that its launcher is about to make. The container's root file system is put back while it is not mounted, so that it is
 * exactly what it was.
 *
 * - Undefined where the policy says to start anew: the root file system is then as Docker made it.
 * - Rejects as `restore` does; the root file system is as Docker made it, too.
 */
export async function resumeContainer({ context, setup, attempt, conversation, epoch }: ResumeOptions): Promise<Restored | undefined> {
  const { config, clock, tools } = context;
  const { environment, events, request } = attempt.options;
  const { signal } = conversation;
  const overlay = setup.files.overlay === undefined ? undefined : await openOverlay(setup.files.overlay, { treeTool: tools.tree, signal });
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
        machine: await describeMachine(tools.criu),
        rewrites: rewrite === undefined ? [] : [rewrite],
        places: setup.files,
        treeTool: tools.tree,
        exclude: environment.exclude,
        logger: environment.logger,
        clock,
        placeRoots: async (metadata) => placeRoots(metadata, setup),
        beforeFiles: async () => {
          conversation.touched();
          touched = true;
          if (overlay === undefined) return;
          await markUnclean(overlay.description);
          await overlay.setAside();
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
      await cleanUp(overlay);
    }
  }

  async function launch(roots: readonly TrackedRoot[], imagesDirectory: string): Promise<AdoptedContainer> {
    await assertImageSizes(imagesDirectory);
    await overlay?.mount();
    await using _links = await relinkLostNames(imagesDirectory, roots, setup.files);
    await writeFile(criuConfigOf(config.stateDirectory, setup.id), criuConfigText({ tcp: config.job.tcp }), { mode: 0o600 });
    const work = join(folder, `restore-${(tries += 1)}`);
    await removeFolder(work);
    const deadlineMs = environment.limits.restoreTimeoutMs;
    const { status, timedOut } = await conversation.restore({ images: imagesDirectory, work, deadlineMs });
    if (setup.contract.diagnosis) await keepLogs(diagnosisDirectory(config.stateDirectory, setup.job), 'restore', work, clock.now());
    if (status === 0) return await adoptContainer(context, setup, roots);
    throw timedOut ? tooSlow(deadlineMs, work) : await failureOf(status, work);
  }
}

const recordedSchema = z.object({
  version: z.literal(1),
  kind: z.literal('oci'),
  mountpoints: z.array(z.string()),
  users: containerUsersSchema.optional(),
});

/** Before anything is touched: what can never succeed is refused with its reason. */
function placeRoots(metadata: SnapshotMetadata, setup: ContainerSetup): readonly TrackedRoot[] {
  const recorded = recordedSchema.safeParse(metadata.container);
  if (!recorded.success)
    throw refused('its newest snapshot is not one of a container of Docker', 'resume it as it was started: by holdfast run, with the same --job');
  if (recorded.data.users !== undefined) assertSameUsers(recorded.data.users, containerUsers(setup.description));
  const present = mountpointsOf(setup);
  const missing = recorded.data.mountpoints.filter((path) => !present.includes(path));
  const added = present.filter((path) => !recorded.data.mountpoints.includes(path));
  if (missing.length > 0)
    throw refused(`the container has nothing mounted on ${missing.join(', ')}`, 'start it with the same volumes, binds and tmpfs as before');
  if (added.length > 0)
    throw refused(
      `the container has a mount on ${added.join(', ')}, where the job had none`,
      'start it with the same volumes, binds and tmpfs as before',
    );
  return metadata.roots.map(({ id, destination }) => {
    const root = setup.files.roots.find((each) => each.id === id);
    if (root !== undefined) return root;
    throw refused(
      id === 'rootfs' ? 'its root file system is read-only now' : `what is mounted on ${destination} is no folder that can be put back`,
      'start the container as before: a bind or volume that it can write to, on a file system of this machine',
    );
  });
}

function refused(why: string, hint: string): HoldfastError {
  return new HoldfastError('HF_RESTORE_REFUSED', {
    message: `the job cannot go on in this container: ${why}`,
    kind: 'conflict',
    operation: 'agent.restore',
    hint,
  });
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
