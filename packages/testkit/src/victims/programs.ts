import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { requireProgram } from './requirements.js';

const run = promisify(execFile);
const folder = fileURLToPath(new URL('../../src/victims/programs/', import.meta.url));

/** Copies one of the victims' sources into the directory. */
export async function copyProgram(name: string, directory: string): Promise<void> {
  await copyFile(join(folder, name), join(directory, name));
}

/** Compiles one of the victims' C sources into the directory. */
export async function compileC(name: string, directory: string): Promise<void> {
  await run(requireProgram('gcc'), ['-O2', '-pthread', '-o', join(directory, name), join(folder, `${name}.c`)], { timeout: 60_000 });
}

export async function compileJava(name: string, directory: string): Promise<void> {
  await run(requireProgram('javac'), ['-d', directory, join(folder, `${name}.java`)], { timeout: 120_000 });
}

/** Compiles against the standard library alone; nothing is downloaded. */
export async function compileGo(name: string, directory: string): Promise<void> {
  const options = { timeout: 300_000, cwd: directory, env: { ...process.env, GO111MODULE: 'off', GOTOOLCHAIN: 'local', CGO_ENABLED: '0' } };
  await run(requireProgram('go'), ['build', '-o', join(directory, name), join(folder, `${name}.go`)], options);
}
