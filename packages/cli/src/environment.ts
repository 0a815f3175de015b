import process from 'node:process';
import type { Environment } from './settings/variables.js';

/** The process's environment as it is now. The only reader of it. */
export function readEnvironment(): Environment {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
