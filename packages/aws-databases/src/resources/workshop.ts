import { type CallOptions, HoldfastError, type StorageProgress } from '@holdfast/core';
import {
  type Ensured,
  ensureResource,
  type ResourceState,
  type Standing,
  type WaitClock,
  type WaitProgress,
  waitUntil,
  waitUntilGone,
} from '@holdfast/core/provision';
import { isOurs, type Managed, whoseItIs } from './managed.js';
import { assertAsNoted } from './noted.js';
import { patiently } from './patience.js';

/** What every step works with. */
export interface Workshop extends CallOptions {
  readonly state: ResourceState;
  readonly onProgress?: ((progress: StorageProgress) => void) | undefined;
  readonly clock?: WaitClock | undefined;
  /** How often a state is looked at. Default 5 s, growing to 15 s. */
  readonly pollMs?: { readonly min: number; readonly max: number } | undefined;
}

/** Finds it or makes it, exactly one; does not wait for it. */
export async function ensure<Found>(
  workshop: Workshop,
  managed: Managed<Found>,
  create: (call: CallOptions) => Promise<Found | 'exists'>,
  drift?: (found: Found) => string | undefined,
): Promise<Ensured<Found>> {
  const { key, kind, name, label, find, adopt, idOf } = managed;
  assertGoingOn(workshop, label);
  await assertAsNoted(workshop.state, managed);
  const made = await ensureResource(
    {
      state: workshop.state,
      key,
      kind,
      name,
      resource: label,
      find,
      create: async (call) => {
        if (adopt) throw notThere(managed);
        return patiently(workshop, async () => create(call));
      },
      isOurs: (found) => {
        const ours = isOurs(managed, found);
        if (!ours && !adopt) throw foreign(managed, found);
        return ours;
      },
      adopt,
      idOf,
      ...(drift === undefined ? {} : { drift }),
    },
    { signal: workshop.signal, clock: workshop.clock },
  );
  workshop.onProgress?.({ step: kind, message: `${label}: ${made.created ? 'made' : made.status === 'adopted' ? 'adopted' : 'there'}` });
  return made;
}

/** Waits for it; a failure says the service's reason. */
export async function awaitReady<Found>(
  workshop: Workshop,
  managed: Managed<Found>,
  deadlineMs: number,
  isComplete: (found: Found) => boolean = () => true,
): Promise<Found> {
  let reason: string | undefined;
  const classify = (found: Found): Standing => {
    const standing = managed.standingOf(found);
    if (standing.standing === 'failed' && reason !== undefined) return { ...standing, reason };
    return standing.standing === 'ready' && !isComplete(found) ? { standing: 'pending', state: standing.state } : standing;
  };
  const read = async (call: CallOptions): Promise<Found | undefined> => {
    const found = await managed.find(call);
    if (found !== undefined && managed.standingOf(found).standing === 'failed') reason = await managed.reason?.(call).catch(() => undefined);
    return found;
  };
  return waitUntil({ ...requestOf(workshop, managed, deadlineMs), read, classify }, waitOptions(workshop, managed.kind));
}

const removalMs = 3_600_000;

/** Removes it where it is ours, waits until it is gone, and forgets it. Tells what it left. */
export async function remove<Found>(workshop: Workshop, managed: Managed<Found>): Promise<'removed' | 'absent' | 'left'> {
  const { state, onProgress } = workshop;
  const there = await managed.find(workshop.signal === undefined ? {} : { signal: workshop.signal });
  if (there !== undefined && !isOurs(managed, there)) {
    await state.forget(managed.key);
    return 'left';
  }
  if (there !== undefined) {
    // Again and again: what still uses it, or what is being done to it, may take a while to let it go.
    const read = async (call: CallOptions): Promise<Found | undefined> => {
      const found = await managed.find(call);
      if (found === undefined || managed.standingOf(found).state === 'deleting') return found;
      await managed.remove(found, call);
      return managed.find(call);
    };
    const classify = (found: Found): Standing => ({ standing: 'pending', state: managed.standingOf(found).state });
    await waitUntilGone({ ...requestOf(workshop, managed, removalMs), read, classify }, waitOptions(workshop, managed.kind));
    onProgress?.({ step: managed.kind, message: `${managed.label}: removed` });
  }
  await state.forget(managed.key);
  return there === undefined ? 'absent' : 'removed';
}

function requestOf<Found>({ pollMs }: Workshop, { label, kind }: Managed<Found>, deadlineMs: number) {
  return { resource: label, operation: `provision.${kind}`, minDelayMs: pollMs?.min ?? 5000, maxDelayMs: pollMs?.max ?? 15_000, deadlineMs };
}

function waitOptions({ signal, clock, onProgress }: Workshop, step: string) {
  return {
    signal,
    clock,
    // The same as long as nothing changes, so that whoever shows it can leave it standing.
    onProgress: ({ resource, state, passing }: WaitProgress): void =>
      onProgress?.({ step, message: `${resource}: ${passing === undefined ? state : `waiting, since ${passing.message}`}` }),
  };
}

function foreign<Found>(managed: Managed<Found>, found: Found): HoldfastError {
  return new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `${managed.label} ${whoseItIs(managed, found)}`,
    hint: 'Choose another name, or say that the database is to be adopted',
    operation: 'provision.ensure',
    context: { resource: managed.label },
  });
}

function notThere<Found>({ label }: Managed<Found>): HoldfastError {
  return new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'not-found',
    message: `${label} is to be adopted and is not there`,
    hint: 'Correct its identifier or the region. A serverless cache cannot be adopted: it evicts',
    operation: 'provision.ensure',
  });
}

function assertGoingOn({ signal }: Workshop, label: string): void {
  if (signal?.aborted !== true) return;
  throw new HoldfastError('HF_ABORTED', {
    kind: 'aborted',
    message: `The provisioning was stopped before ${label}`,
    hint: 'Run the same line again: it goes on where it was',
    operation: 'provision.ensure',
    cause: signal.reason,
  });
}
