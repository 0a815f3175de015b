import type { CallOptions, HoldfastError } from '@holdfast/core';
import { assertFits } from '../preflight/assert-fits.js';
import { describeMachine } from '../preflight/machine.js';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import type { RunEnvironment } from '../run/run-environment.js';
import { parseSnapshotMetadata } from '../run/snapshot-metadata.js';
import type { AgentContext } from './agent-context.js';
import type { ContainerSetup } from './container-setup.js';
import { placeRoots } from './place-roots.js';

/**
 * Looks at the newest snapshot before the job is claimed for this container: what can never come back in it, or on this machine, is refused with its reason, and the
 * job stays whose it was. What is damaged is the restore's to judge. Resolves with what the user should know of, each a sentence.
 */
export async function assertResumable(
  { tools, config }: Pick<AgentContext, 'tools' | 'config'>,
  setup: ContainerSetup,
  { store }: Pick<RunEnvironment, 'store'>,
  options: CallOptions,
): Promise<readonly string[]> {
  try {
    const newest = (await store.list(setup.job, options)).find(({ eligible }) => eligible);
    if (newest === undefined) return [];
    await using reader = await store.open(newest, options);
    const metadata = parseSnapshotMetadata(reader.metadata, setup.job, newest.number);
    assertFits(metadata.host, await describeMachine(tools.criu), newest.number);
    return placeRoots(metadata, setup, config.agent).notes;
  } catch (error) {
    const failure: HoldfastError = asHoldfastError(error);
    if (failure.kind === 'corrupt' || failure.kind === 'unexpected') return [];
    throw failure;
  }
}
