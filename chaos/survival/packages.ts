import { execFile } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findProgram } from '@holdfast/testkit/victims';

const run = promisify(execFile);

/** The Debian package of a program; undefined for one that dpkg does not know. */
export async function packageOf(program: string): Promise<string | undefined> {
  const found = findProgram(program);
  if (found === undefined) return undefined;
  // A link into the package's files, or what the package says itself, where /bin has become /usr/bin.
  const real = await realpath(found);
  for (const path of [real, real.replace(/^\/usr\/(?=bin|sbin|lib)/, '/'), found]) {
    const owner = await query('--search', path);
    const name = owner
      ?.split('\n')
      .find((line) => !line.startsWith('diversion'))
      ?.replace(/:.*/s, '');
    if (name !== undefined) return name.split(',')[0];
  }
  return undefined;
}

/** `package version` of each program, once; without epochs, and of versions only what is upstream's. */
export async function versionsOf(programs: readonly string[]): Promise<string> {
  const names = await Promise.all(programs.map(async (program) => (await packageOf(program)) ?? program.replace(/.*\//, '')));
  const texts = [...new Set(names)].map(async (name) => {
    const version = await query('--show', '--showformat', '${Version}', name);
    return version === undefined
      ? name
      : `${name} ${version
          .replace(/^\d+:/, '')
          .replace(/[-+~][^-]*$/, '')
          .replace(/[+~].*/, '')}`;
  });
  return (await Promise.all(texts)).join(', ');
}

/** The packages themselves, what they need, and what every Debian has; of those that are installed here. */
export async function withDependencies(names: readonly string[]): Promise<readonly string[]> {
  const table = (await query('--show', '--showformat', '${Package}\t${Essential}\t${Pre-Depends}, ${Depends}\t${Provides}\n')) ?? '';
  const entries = table.split('\n').map((line) => line.split('\t'));
  const needs = new Map(entries.map(([name = '', , depends = '']) => [name, depends]));
  const provided = new Map(entries.flatMap(([name = '', , , provides = '']) => wordsOf(provides).map((each) => [each, name] as const)));
  const found = new Set<string>();
  const open = [...names, ...entries.filter(([, essential]) => essential === 'yes').map(([name = '']) => name)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const clause of (needs.get(name) ?? '').split(',')) {
      const choice = clause
        .split('|')
        .flatMap(wordsOf)
        .map((each) => (needs.has(each) ? each : provided.get(each)));
      const installed = choice.find((each) => each !== undefined);
      if (installed !== undefined) open.push(installed);
    }
  }
  return [...found].sort();
}

/** The names in a list of dependencies, without versions and architectures. */
function wordsOf(text: string): readonly string[] {
  return text.split(',').flatMap((part) => /^\s*([a-z0-9][a-z0-9.+-]*)/.exec(part)?.[1] ?? []);
}

export async function filesOf(names: readonly string[]): Promise<readonly string[]> {
  const list = await query('--listfiles', ...names);
  return (list ?? '').split('\n').filter((path) => path.startsWith('/') && !/^\/usr\/share\/(doc|man|locale|info|lintian)\//.test(path));
}

/** What dpkg-query says; undefined where it knows nothing of it. */
async function query(...words: readonly string[]): Promise<string | undefined> {
  try {
    return (await run('dpkg-query', words, { maxBuffer: 1e8, env: { ...process.env, LC_ALL: 'C' } })).stdout;
  } catch {
    return undefined;
  }
}
