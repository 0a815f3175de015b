import { compiledVictims } from './compiled-victims.js';
import { dataVictims } from './data-victims.js';
import { interpreterVictims } from './interpreter-victims.js';
import { toolchainVictims } from './toolchain-victims.js';
import type { Victim } from './victim.js';

export const victims: readonly Victim[] = [...compiledVictims, ...interpreterVictims, ...toolchainVictims, ...dataVictims];

/** Throws where no victim has that name, naming those there are. */
export function victimNamed(name: string): Victim {
  const victim = victims.find((each) => each.name === name);
  if (victim === undefined) throw new Error(`no victim is named '${name}'; there are ${victims.map((each) => each.name).join(', ')}`);
  return victim;
}
