import { realpathSync } from 'node:fs';

/** What setpriv says itself, in place of the program that it could not start. */
export const notExecuted: RegExp = /^setpriv: failed to execute [^\n]*: (?<why>[^\n]+)$/mu;

/**
 * A command that is killed together with this process, however that ends: whoever finds it gone works on the volume at once, beside what it left running.
 * Where the system has no setpriv(1) of util-linux it is the command as it was.
 */
export function withItsParent(program: string, args: readonly string[]): readonly [string, readonly string[]] {
  return hasSetpriv() ? [setpriv, ['--pdeathsig=KILL', '--', program, ...args]] : [program, args];
}

const setpriv = '/usr/bin/setpriv';

/** Busybox has one that cannot do it. */
function hasSetpriv(): boolean {
  try {
    return realpathSync(setpriv) === setpriv;
  } catch {
    return false;
  }
}
