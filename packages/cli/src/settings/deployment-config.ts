import { join } from 'node:path';
import { defaultAgentSocket, HoldfastError } from '@holdfast/core/basics';
import type { Plugins } from '../cli-options.js';
import type { CommonSettings } from './common-settings.js';
import type { ConfigObject } from './config-file.js';
import type { Environment } from './variables.js';

/** As the configuration's own default. */
const defaultStateDirectory = '/var/lib/holdfast';

export interface DeploymentChoice {
  /** What `openDeployment` takes. */
  readonly config: ConfigObject;
  readonly storageFrom: 'default' | 'line' | 'file';
  /** The directory of a local storage; undefined for other kinds. */
  readonly storageDirectory: string | undefined;
  /** Where the agent of this node listens. */
  readonly agentSocket: string;
  /** Variables that hold a secret of Holdfast's, by the configuration. */
  readonly secretVariables: readonly string[];
}

/** Puts together what the line, the variables, the file and the defaults say. Throws HF_CONFIG; the values themselves are parsed by the engine. */
export function deploymentConfig(file: ConfigObject, settings: CommonSettings, plugins: Plugins, environment: Environment): DeploymentChoice {
  const stateDirectory = settings.stateDirectory ?? file['stateDirectory'];
  const storage = settings.storage === undefined ? file['storage'] : fromUrl(plugins.drivers, settings.storage, 'storage');
  const catalog = settings.catalog === undefined ? file['catalog'] : fromUrl(plugins.catalogs, settings.catalog, 'catalog');
  return {
    config: {
      ...file,
      ...defined({
        stateDirectory,
        storage,
        catalog,
        tools: tools(file['tools'], environment),
        encryption: encryption(file['encryption'], settings),
      }),
    },
    storageFrom: settings.storage !== undefined ? 'line' : storage === undefined ? 'default' : 'file',
    storageDirectory:
      storage === undefined ? join(typeof stateDirectory === 'string' ? stateDirectory : defaultStateDirectory, 'storage') : localDirectory(storage),
    secretVariables: [...secretVariables(storage), ...secretVariables(catalog)],
    agentSocket: agentSocket(file['agent']),
  };
}

/** A section that is wrong is the engine's to refuse. */
function agentSocket(section: unknown): string {
  const socket = typeof section === 'object' && section !== null && 'socket' in section ? section.socket : undefined;
  return typeof socket === 'string' ? socket : defaultAgentSocket;
}

/** Variables name the programs of a checkout; the file's words stand where there is none. */
function tools(file: unknown, environment: Environment): unknown {
  const named = defined({ criu: environment['HOLDFAST_CRIU'], runc: environment['HOLDFAST_RUNC'], native: environment['HOLDFAST_NATIVE'] });
  if (Object.keys(named).length === 0) return file;
  return typeof file === 'object' ? { ...file, ...named } : named;
}

/** The line and the variables say where the key is in place of the file, whichever of the two it names; what else the file says stands. */
function encryption(file: unknown, { encryptKeyFile, keyCommand }: CommonSettings): unknown {
  if (encryptKeyFile === undefined && keyCommand === undefined) return file;
  const named = defined({ keyFile: encryptKeyFile, keyCommand: keyCommand === undefined ? undefined : ['/bin/sh', '-c', keyCommand] });
  if (typeof file !== 'object' || file === null) return named;
  return { ...Object.fromEntries(Object.entries(file).filter(([name]) => name !== 'keyFile' && name !== 'keyCommand')), ...named };
}

function defined(fields: ConfigObject): ConfigObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
}

/** What a section names as the variable of something, at any depth: `passwordVariable`. */
function secretVariables(section: unknown): readonly string[] {
  if (typeof section !== 'object' || section === null) return [];
  return Object.entries(section).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'string' && /^variable$|Variable$/u.test(name) ? [value] : secretVariables(value),
  );
}

function localDirectory(storage: unknown): string | undefined {
  if (typeof storage !== 'object' || storage === null || !('type' in storage) || storage.type !== 'local') return undefined;
  return 'path' in storage && typeof storage.path === 'string' ? storage.path : undefined;
}

/** The scheme of the storage that the line names, else the type that the file names; the empty text for bare paths and for the default. */
export function storageKind(file: ConfigObject, { storage }: Pick<CommonSettings, 'storage'>): string {
  if (storage !== undefined) return schemeOf(storage);
  const section = file['storage'];
  return typeof section === 'object' && section !== null && 'type' in section && typeof section.type === 'string' ? section.type : '';
}

function schemeOf(url: string): string {
  return /^([a-z][a-z0-9+.-]*):/iu.exec(url)?.[1]?.toLowerCase() ?? '';
}

interface UrlPlugin {
  readonly urlSchemes: readonly string[];
  configFromUrl(url: string): unknown;
}

/** The part of the configuration that a URL means; a path without a scheme has the empty one. */
function fromUrl(plugins: readonly UrlPlugin[], url: string, part: 'storage' | 'catalog'): unknown {
  const scheme = schemeOf(url);
  const plugin = plugins.find(({ urlSchemes }) => urlSchemes.includes(scheme));
  if (plugin !== undefined) return plugin.configFromUrl(url);
  const known = plugins.flatMap(({ urlSchemes }) => urlSchemes).filter((name) => name !== '');
  throw new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    // The rest of a URL may hold a password.
    message: scheme === '' ? `the ${part} is no URL` : `'${scheme}:' names no ${part} that this build knows`,
    hint: `Use one of ${known.map((name) => `${name}:`).join(', ')}`,
    context: { part },
  });
}
