import type { Arena } from './arena.ts';
import { sqliteArena } from './sqlite-arena.ts';

export const arenaKinds = ['sqlite'] as const;

export type ArenaKind = (typeof arenaKinds)[number];

export function isArenaKind(name: string): name is ArenaKind {
  return (arenaKinds as readonly string[]).includes(name);
}

export async function startArena(kind: ArenaKind, folder: string): Promise<Arena> {
  switch (kind) {
    case 'sqlite':
      return sqliteArena(folder);
  }
}
