import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Compiles the job and returns the path of the program. */
export async function compileHeartbeat(folder: string): Promise<string> {
  const program = join(folder, 'heartbeat');
  const source = fileURLToPath(new URL('heartbeat.c', import.meta.url));
  const compiler = process.env['HOLDFAST_CC'] ?? 'cc';
  await promisify(execFile)(compiler, ['-O2', '-std=c17', '-Wall', '-Wextra', '-static', '-o', program, source, '-pthread'], { timeout: 60_000 });
  return program;
}
