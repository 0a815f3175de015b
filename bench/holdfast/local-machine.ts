import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchMachine } from './bench-machine.ts';

/** A machine whose storage is a directory that outlives it, as a network file system would be; here it is on the same disk. */
export async function localMachine(storage: string, folder: string): Promise<BenchMachine> {
  await mkdir(folder, { recursive: true });
  const configFile = join(folder, 'holdfast.json');
  await writeFile(configFile, JSON.stringify({ storage: { type: 'local', path: storage } }));
  return {
    configFile,
    stateDirectory: join(folder, 'state'),
    environment: {},
    lose: () => rm(folder, { recursive: true, force: true }),
  };
}
