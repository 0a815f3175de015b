import { sql } from 'kysely';
import type { SqlFlavour } from '../sql/flavour.js';
import { classifySqliteError, isPermissionError } from './errors.js';

export function sqliteFlavour(path: string): SqlFlavour {
  return {
    type: 'sqlite',
    location: path,
    retryForMs: 10_000,
    nowMs: sql<number>`cast(round(unixepoch('subsec') * 1000) as integer)`,
    types: { key: (length) => sql`varchar(${sql.lit(length)})`, text: 'text', identity: 'integer' },
    identity: (column) => column.autoIncrement(),
    classify: classifySqliteError,
    corruptHint: `The catalog can be rebuilt from the repository: move ${path} away, with its -wal and -shm files, and start again`,
    unavailable: (error) =>
      isPermissionError(error)
        ? { words: 'may not be used by this user', hint: `Give this user the right to write ${path} and its directory, or run as their owner` }
        : {
            words: 'does not answer',
            hint: `Look at ${path}: its directory must be writable and have free space, and no other program may keep the file locked`,
          },
  };
}
