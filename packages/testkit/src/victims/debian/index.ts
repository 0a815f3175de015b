import type { Victim } from '../victim.js';
import { aligners } from './aligners.js';
import { compilers } from './compilers.js';
import { compressors } from './compressors.js';
import { databases } from './databases.js';
import { interpreters } from './interpreters.js';
import { tools } from './tools.js';
import { unlikely } from './unlikely.js';

/** Programs of Debian's packages that the survival table runs beside `victims`. Some of them cannot be frozen. */
export function debianPrograms(): readonly Victim[] {
  return [...compilers, ...aligners, ...compressors, ...interpreters, ...databases(), ...tools, ...unlikely];
}
