import { stat } from 'node:fs/promises';
import type { ImageContent } from '@holdfast/testkit/docker';
import { findProgram, type PreparedVictim, type Victim } from '@holdfast/testkit/victims';
import { filesOf, packageOf, withDependencies } from './packages.ts';

/** Beside the packages of the program itself: its line is given to env, and some begin with a shell. */
const always = ['dash', 'coreutils', 'gzip', 'tar', 'sed', 'grep', 'findutils'];

/** What a compiler does not depend on, and is of no use without. */
const recommended: Readonly<Record<string, readonly string[]>> = { 'gcc-12': ['libc6-dev'] };

/** An image of a program's Debian packages with all that they need, and of its programs that are of no package. */
export async function imageOf(program: Victim, prepared: PreparedVictim): Promise<ImageContent> {
  const programs = [...new Set([...program.requires, prepared.command[0]])];
  const owners = await Promise.all(programs.map(packageOf));
  // The program of an interpreter may be in a package that has half of its library.
  const whole = owners.filter((name) => name !== undefined).flatMap((name) => [name, name.replace(/-minimal$/, ''), ...(recommended[name] ?? [])]);
  const packages = await withDependencies([...always, ...whole]);
  const isFile = await Promise.all(
    (await filesOf(packages)).map(async (path) => ((await stat(path).catch(() => undefined))?.isFile() === true ? path : undefined)),
  );
  const others = programs.filter((each) => !each.startsWith('.')).flatMap((each) => findProgram(each) ?? []);
  return { programs: others, paths: isFile.filter((path) => path !== undefined) };
}
