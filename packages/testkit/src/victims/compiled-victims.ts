import { compileC, compileGo, compileJava } from './programs.js';
import { requireProgram } from './requirements.js';
import type { Victim } from './victim.js';

/** Steps of 5 ms. */
const counterSteps = 1200;

export const compiledVictims: readonly Victim[] = [
  {
    name: 'counter',
    about: 'one number in memory, in a file, in a shared mapping and in an unlinked file',
    expectedSeconds: 6,
    requires: ['gcc'],
    async prepare(directory, { scale }) {
      await compileC('counter', directory);
      return { command: ['./counter', String(Math.ceil(counterSteps * scale))], outputs: ['counter.log', 'counter.map'] };
    },
  },
  {
    name: 'threads',
    about: 'eight threads, mutexes, condition variables, barriers',
    expectedSeconds: 6,
    requires: ['gcc'],
    async prepare(directory, { scale }) {
      await compileC('threads', directory);
      return { command: ['./threads', String(Math.ceil(130 * scale)), 'sums.txt'], outputs: ['sums.txt'] };
    },
  },
  {
    name: 'java',
    about: 'the JVM: a pool of threads, garbage collection, compiled code',
    expectedSeconds: 6,
    requires: ['java', 'javac'],
    async prepare(directory, { scale }) {
      await compileJava('Tasks', directory);
      return {
        command: [requireProgram('java'), '-Xmx256m', '-cp', '.', 'Tasks', String(Math.ceil(4500 * scale))],
        outputs: ['tasks.txt'],
      };
    },
  },
  {
    name: 'go',
    about: 'goroutines over threads of the runtime, timers, garbage collection',
    expectedSeconds: 6,
    requires: ['go'],
    async prepare(directory, { scale }) {
      await compileGo('rounds', directory);
      return { command: ['./rounds', String(Math.ceil(1500 * scale))], outputs: ['rounds.txt'] };
    },
  },
];
