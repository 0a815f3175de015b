import { HoldfastError } from '@holdfast/core';
import type { ResourceState } from '@holdfast/core/provision';
import type { Managed } from './managed.js';

/** A resource as far as notes tell of it. */
export type Noted = Pick<Managed<never>, 'key' | 'kind' | 'name' | 'adopt'>;

/** The keys of what has the data, of all services. */
const mainKeys = ['instance', 'replication-group', 'cluster'] as const;

/**
 * Rejects with HF_PROVISION_CONFLICT where the notes tell of another database than the configuration: under the new name nothing would be found of it,
 * and it would be left, or something taken that belongs to it.
 */
export async function assertMainAsNoted(state: ResourceState, main: Noted): Promise<void> {
  for (const key of mainKeys) await assertNote(state, key, main);
}

/** The same of one resource. */
export async function assertAsNoted(state: ResourceState, resource: Noted): Promise<void> {
  await assertNote(state, resource.key, resource);
}

async function assertNote(state: ResourceState, key: string, { key: own, kind, name, adopt }: Noted): Promise<void> {
  const record = await state.read(key);
  if (record === undefined) return;
  const isSame = key === own && record.name === name && (record.status === 'intended' || (record.status === 'adopted') === adopt);
  if (isSame) return;
  const how = { intended: 'was to be made', made: 'was made', adopted: 'was adopted' }[record.status];
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `The configuration is about ${kind} '${name}'${adopt ? ', to be adopted' : ''}, and the notes in ${state.directory} say that ${record.kind} '${record.name}' ${how}`,
    hint: "Write the service, its 'adopt' and its 'user' as they were. To change them, destroy it first, or choose another name",
    operation: 'provision.notes',
    context: { noted: record.name, configured: name },
  });
}
