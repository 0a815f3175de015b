import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expectedAgentFile } from '../agent/expected-agent.js';
import { agentUnit } from './agent-unit.js';
import { dockerSetup } from './install-errors.js';
import type { InstallPaths } from './install-paths.js';
import type { InstallRecord } from './install-record.js';
import type { InstallChange, InstallDockerOptions } from './types.js';
import { digestOf, readWhole } from './whole-file.js';

/** A file that is install's alone, and what is to be in it; `text` is undefined where the file that is there stays. */
export interface OwnedFile {
  readonly path: string;
  readonly text: string | undefined;
  readonly mode: number;
  readonly did: InstallChange['did'];
}

/** Decides for each file, and writes none. Throws HF_DOCKER_SETUP where another's file is in the way. */
export async function ownedFiles(
  options: InstallDockerOptions,
  paths: InstallPaths,
  record: InstallRecord | undefined,
): Promise<readonly OwnedFile[]> {
  const { program, runc, criu, agentSocket } = options;
  const settings = Object.entries({ runc, criu, socket: agentSocket, state: dirname(agentSocket) }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}\n`],
  );
  const own = [
    {
      path: paths.unit,
      text: agentUnit([...program, 'agent', '--config', '/etc/holdfast/holdfast.json'], expectedAgentFile(agentSocket)),
      mode: 0o644,
    },
    { path: paths.launcherConfig, text: `# Written by holdfast install docker.\n${settings.join('')}`, mode: 0o644 },
  ];
  return [await configFile(options, paths.config), ...(await Promise.all(own.map((file) => decide(file, record))))];
}

async function decide(file: Omit<OwnedFile, 'did'> & { readonly text: string }, record: InstallRecord | undefined): Promise<OwnedFile> {
  const there = await readWhole(file.path);
  if (there === undefined) return { ...file, did: 'made' };
  if (there === file.text) return { ...file, text: undefined, did: 'left' };
  if (record?.files[file.path] === digestOf(there)) return { ...file, did: 'changed' };
  throw dockerSetup(file.path, 'is there and not as holdfast install writes it', 'Remove it, or keep it and leave holdfast install out');
}

/** One that is there is the user's. */
async function configFile({ config, given }: InstallDockerOptions, path: string): Promise<OwnedFile> {
  const file = { path, mode: 0o600 };
  const there = await readWhole(path);
  if (there === undefined) return { ...file, text: `${JSON.stringify(config, undefined, 2)}\n`, did: 'made' };
  if (!saysAll(there, given))
    throw dockerSetup(
      path,
      'says something else than this line',
      'Change the file, or leave the options out that it would hold (--storage, --catalog)',
    );
  return { ...file, text: undefined, did: 'left' };
}

function saysAll(text: string, given: Readonly<Record<string, unknown>>): boolean {
  try {
    const there: unknown = JSON.parse(text);
    const said = typeof there === 'object' && there !== null ? new Map<string, unknown>(Object.entries(there)) : new Map<string, unknown>();
    return Object.entries(given).every(([name, value]) => isDeepStrictEqual(said.get(name), value));
  } catch {
    return false;
  }
}
