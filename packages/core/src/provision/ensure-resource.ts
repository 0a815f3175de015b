import { HoldfastError } from '../errors/holdfast-error.js';
import type { CallOptions } from '../storage/storage-driver.js';
import type { ResourceRecord } from './resource-record.js';
import type { ResourceState } from './resource-state.js';
import type { Standing } from './wait-until.js';
import { type WaitOptions, waitUntil } from './wait-until.js';

export interface EnsureRequest<Found> {
  readonly state: ResourceState;
  /** Of its record. */
  readonly key: string;
  readonly kind: string;
  /** The same for every rerun and every provisioner of a deployment: what the provider refuses to make twice. */
  readonly name: string;
  /** With its kind, for messages: `RDS instance 'holdfast-a'`. */
  readonly resource: string;
  /** Looks for it by its name, or by what `record` knows. */
  readonly find: (options: CallOptions, record: ResourceRecord | undefined) => Promise<Found | undefined>;
  /** Asks for it once; `exists` where the provider says that one of this name is there. */
  readonly create: (options: CallOptions) => Promise<Found | 'exists'>;
  /** Whether Holdfast made it, for this deployment, by its tags. */
  readonly isOurs: (found: Found) => boolean;
  /** True where one that somebody else made may be used as it is. Default false: it is refused. */
  readonly adopt?: boolean;
  /** What is different from what was asked for and cannot be changed: `engine is mysql, not postgres`. */
  readonly drift?: (found: Found) => string | undefined;
  readonly idOf: (found: Found) => string | undefined;
  readonly factsOf?: (found: Found) => Readonly<Record<string, string>>;
}

export interface Ensured<Found> {
  readonly found: Found;
  readonly status: 'made' | 'adopted';
  /** True where this call asked for it. */
  readonly created: boolean;
}

/**
 * Finds a resource or makes it, so that of any number of reruns and of provisioners at once exactly one is made.
 *
 * - The intent is durable before the provider is asked.
 * - One that is there already is used where it is Holdfast's or may be adopted; else HF_PROVISION_CONFLICT, as where it differs.
 * - Does not wait for it to be ready.
 */
export async function ensureResource<Found>(request: EnsureRequest<Found>, options: WaitOptions = {}): Promise<Ensured<Found>> {
  const { state, key, kind, name } = request;
  const call = options.signal === undefined ? {} : { signal: options.signal };
  const record = await state.read(key);
  const there = await request.find(call, record);
  if (there !== undefined) return { ...(await keep(request, there, record)), created: false };
  await state.write(key, { kind, name, status: 'intended' });
  const made = await request.create(call);
  if (made !== 'exists') return { ...(await keep(request, made, undefined)), created: true };
  return { ...(await keep(request, await findSoon(request, options), undefined)), created: false };
}

/** The provider knows the name, but may not show what it belongs to yet. */
async function findSoon<Found>(request: EnsureRequest<Found>, options: WaitOptions): Promise<Found> {
  const ready: Standing = { standing: 'ready', state: 'found' };
  return waitUntil(
    {
      resource: request.resource,
      operation: 'provision.find',
      read: async (call) => request.find(call, undefined),
      classify: () => ready,
      minDelayMs: 1000,
      maxDelayMs: 5000,
      deadlineMs: 60_000,
    },
    options,
  );
}

async function keep<Found>(
  request: EnsureRequest<Found>,
  found: Found,
  known: ResourceRecord | undefined,
): Promise<{ found: Found; status: 'made' | 'adopted' }> {
  const { state, key, kind, name, isOurs, adopt = false, idOf, factsOf } = request;
  const status = isOurs(found) ? 'made' : 'adopted';
  if (status === 'adopted' && !adopt)
    throw conflict(request, 'is there, and Holdfast did not make it for this deployment', 'Choose another name, or say that it is to be adopted');
  const drift = request.drift?.(found);
  if (drift !== undefined)
    throw conflict(
      request,
      `is not what the configuration describes: ${drift}`,
      'Correct the configuration, or destroy it and provision again: Holdfast does not change it in place',
    );
  const id = idOf(found);
  const record: ResourceRecord = {
    kind,
    name,
    status,
    ...(id === undefined ? {} : { id }),
    ...(factsOf === undefined ? {} : { facts: factsOf(found) }),
  };
  if (JSON.stringify(known) !== JSON.stringify(record)) await state.write(key, record);
  return { found, status };
}

function conflict<Found>({ resource }: EnsureRequest<Found>, words: string, hint: string): HoldfastError {
  return new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `${resource} ${words}`,
    hint,
    operation: 'provision.ensure',
    context: { resource },
  });
}
