import { join } from 'node:path';
import { writeLines } from '../generated-input.js';
import { copyProgram } from '../programs.js';
import type { PreparedVictim, Victim } from '../victim.js';

type Description = Pick<Victim, 'name' | 'about' | 'requires'> & { readonly expectedSeconds?: number };

/** One whose input is made by `write`, of so many units at scale 1; the command is the same for each amount. */
export function overInput(
  description: Description,
  units: number,
  write: (directory: string, units: number) => void | Promise<void>,
  prepared: PreparedVictim,
): Victim {
  return {
    expectedSeconds: 7,
    ...description,
    async prepare(directory, { scale }) {
      await write(directory, Math.ceil(units * scale));
      return prepared;
    },
  };
}

/** One over `lines.txt`. */
export function overLines(description: Description, lines: number, prepared: PreparedVictim): Victim {
  return overInput(description, lines, (directory, count) => writeLines(join(directory, 'lines.txt'), count, 5), prepared);
}

/** A line of the shell, in which `N` is the amount of work. */
export function shellLine(description: Description, units: number, line: string, outputs: readonly string[]): Victim {
  return {
    expectedSeconds: 7,
    ...description,
    prepare: (_directory, { scale }) => Promise.resolve(inShell(line.replaceAll('N', String(Math.ceil(units * scale))), outputs)),
  };
}

/** A source of this package, run by the first of `requires`; its last argument is the amount of work. It writes `answer.txt`. */
export function sourceOf(description: Description, source: string, units: number, options: readonly string[] = []): Victim {
  return {
    expectedSeconds: 7,
    ...description,
    async prepare(directory, { scale }) {
      await copyProgram(source, directory);
      const command = [description.requires[0] ?? '', ...options, source, String(Math.ceil(units * scale))] as const;
      return { command, outputs: ['answer.txt'] };
    },
  };
}

export function inShell(line: string, outputs: readonly string[]): PreparedVictim {
  return { command: ['/bin/sh', '-c', line], outputs };
}
