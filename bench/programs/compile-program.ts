import { execFile } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Compiles one C file into `folder` and returns the path of the program, which is static. */
export async function compileProgram(source: URL, folder: string): Promise<string> {
  const path = fileURLToPath(source);
  const program = join(folder, basename(path, '.c'));
  const line = ['-O2', '-std=c17', '-Wall', '-Wextra', '-static', '-o', program, path, '-pthread'];
  const complaints: string[] = [];
  for (const compiler of await compilers()) {
    try {
      await promisify(execFile)(compiler, line, { timeout: 60_000 });
      return program;
    } catch (error) {
      complaints.push(String(error));
    }
  }
  throw new Error(`no C compiler makes a static program here: ${complaints.join('; ')}`);
}

/** The system's, and what bootstrap brought where the system has none. */
async function compilers(): Promise<readonly string[]> {
  const found = ['cc', 'gcc'];
  const tools = process.env['HOLDFAST_TOOLS'];
  if (tools === undefined) return found;
  for await (const path of glob('gcc/*/bin/cc', { cwd: tools })) found.push(join(tools, path));
  return found;
}
