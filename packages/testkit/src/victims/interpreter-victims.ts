import { copyProgram } from './programs.js';
import { findProgram, requireProgram } from './requirements.js';
import type { Victim } from './victim.js';

const python = '/usr/bin/python3';

/** Node 20 where bootstrap or the system has it. */
function oldNode(): string {
  return process.env['HOLDFAST_OLD_NODE'] ?? '/usr/bin/node';
}

function script(name: string, about: string, requires: string, program: string, steps: number, output: string, seconds: number): Victim {
  return {
    name,
    about,
    expectedSeconds: seconds,
    requires: [requires],
    async prepare(directory, { scale }) {
      await copyProgram(program, directory);
      return { command: [requireProgram(requires), program, String(Math.ceil(steps * scale))], outputs: [output] };
    },
  };
}

function nodeVictim(name: string, executable: string): Victim {
  return {
    name,
    about: 'timers, promises, the thread pool, a worker thread, asynchronous file writes',
    expectedSeconds: 6,
    requires: [executable],
    async prepare(directory, { scale }) {
      await copyProgram('steps.js', directory);
      return { command: [executable, 'steps.js', String(Math.ceil(700 * scale)), 'steps.txt'], outputs: ['steps.txt'] };
    },
  };
}

export const interpreterVictims: readonly Victim[] = [
  script('shell', 'new processes all the time, short pipes', '/bin/sh', 'chain.sh', 1500, 'chain.txt', 6),
  script('python', 'threads, generators, big numbers', python, 'walk.py', 40_000, 'walk.txt', 6),
  script('sockets', 'a listening and a connected TCP socket, two processes', python, 'sockets.py', 1100, 'answers.txt', 6),
  script('perl', 'hashes, sorting, regular expressions', '/usr/bin/perl', 'primes.pl', 600, 'primes.txt', 6),
  nodeVictim('node-20', oldNode()),
  nodeVictim('node-24', process.env['HOLDFAST_NODE'] ?? process.execPath),
  {
    name: 'awk',
    about: 'associative arrays, buffered output',
    expectedSeconds: 6,
    requires: ['awk'],
    async prepare(directory, { scale }) {
      await copyProgram('table.awk', directory);
      const awk = findProgram('gawk') ?? requireProgram('awk');
      return { command: [awk, '-v', `rounds=${Math.ceil(2600 * scale)}`, '-f', 'table.awk'], outputs: ['table.txt'] };
    },
  },
];
