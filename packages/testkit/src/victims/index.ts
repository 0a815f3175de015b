export { victimNamed, victims } from './all-victims.js';
export { debianPrograms } from './debian/index.js';
export { writeGenome, writeLines } from './generated-input.js';
export { differences, digestOutputs } from './outputs.js';
export { findProgram, missingRequirement } from './requirements.js';
export * from './under-holdfast/index.js';
export { runUndisturbed, type Undisturbed } from './undisturbed.js';
export type { PreparedVictim, PrepareOptions, Victim } from './victim.js';
