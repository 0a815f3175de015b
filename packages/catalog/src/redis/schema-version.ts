import { HoldfastError } from '@holdfast/core';
import * as z from 'zod';
import type { Keys } from './keys.js';
import { parse } from './parse.js';
import type { Session, SessionOptions } from './session.js';

/** The layout that this version writes: see docs/catalog-redis.md. */
const known = 1;
const versionSchema = z.string().regex(/^\d+$/u).transform(Number);

/** Writes the version of the layout where there is none, and refuses a newer one; of several at once the first writes it. */
export async function checkSchemaVersion(session: Session, keys: Keys, options?: SessionOptions): Promise<void> {
  const stored = await session.write(
    'catalog.open',
    async (attempt) => {
      const there = await attempt.send('get', keys.schema);
      if (there !== null) return there;
      await attempt.send('set', keys.schema, known, 'NX');
      return attempt.send('get', keys.schema);
    },
    options,
  );
  const version = parse(session.location, keys.schema, versionSchema, stored);
  if (version <= known) return;
  throw new HoldfastError('HF_FORMAT_NEWER', {
    kind: 'newer-format',
    message: `The catalog ${session.location} has keys of version ${version}, and this version of Holdfast knows none above ${known}`,
    operation: 'catalog.open',
    context: { location: session.location },
    hint: 'Use the version of Holdfast that wrote it, or another prefix: a catalog can be rebuilt from the repository',
  });
}
