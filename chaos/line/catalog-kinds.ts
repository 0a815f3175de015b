import { type ArenaKind, arenaKinds, isArenaKind } from '../races/catalogs/start-arena.ts';

/** The catalogs behind `--kind`, each once; all where none is named. Throws what to tell the user. */
export function catalogKinds(names: readonly string[]): readonly ArenaKind[] {
  const kinds = names.map((name) => {
    if (isArenaKind(name)) return name;
    throw new Error(`--kind is '${name}': give one of ${arenaKinds.join(', ')}`);
  });
  return kinds.length === 0 ? arenaKinds : [...new Set(kinds)];
}
