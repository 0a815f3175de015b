import { join } from 'node:path';
import type { Arena } from './arena.ts';

export function sqliteArena(folder: string): Arena {
  return {
    kind: 'sqlite',
    catalog: { type: 'sqlite', section: { type: 'sqlite', path: join(folder, 'catalog.sqlite') } },
    password: undefined,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
