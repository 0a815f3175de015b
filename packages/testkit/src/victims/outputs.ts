import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The SHA-256 of each output by its name; `missing` where there is none. */
export async function digestOutputs(directory: string, outputs: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const digests: Record<string, string> = {};
  for (const output of outputs) digests[output] = await digestOf(join(directory, output));
  return digests;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'missing';
    throw error;
  }
  return hash.digest('hex');
}

/** The outputs that differ, with both digests, as one line each. */
export function differences(expected: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(expected).flatMap(([name, digest]) =>
    found[name] === digest ? [] : [`${name}: ${found[name] ?? 'missing'} instead of ${digest}`],
  );
}
