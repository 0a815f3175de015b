import type { SchemaChanges } from './schema-changes.js';
import type { SqlFlavour } from './flavour.js';

/** An event is told from others by a digest of all that it says, so that a repeat is refused by the database itself. Events of before have none. */
export async function addEventDigests(schema: SchemaChanges, flavour: SqlFlavour): Promise<void> {
  await schema.addColumn('hf_events', 'digest', flavour.types.key(64));
  await schema.createUniqueIndex('hf_events_once', 'hf_events', 'digest');
}
