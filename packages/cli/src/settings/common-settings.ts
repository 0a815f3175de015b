import { isAbsolute, resolve } from 'node:path';
import type { GivenValues } from '../line/values.js';
import { countOf, isOn, textOf } from './read-values.js';

/** What every command is told. Paths are absolute. */
export interface CommonSettings {
  readonly json: boolean;
  readonly quiet: number;
  readonly verbose: boolean;
  readonly config: string | undefined;
  readonly storage: string | undefined;
  readonly catalog: string | undefined;
  readonly stateDirectory: string | undefined;
  readonly encryptKeyFile: string | undefined;
  /** For a shell. */
  readonly keyCommand: string | undefined;
}

export function commonSettings(values: GivenValues, workingDirectory: string): CommonSettings {
  const path = (name: string): string | undefined => {
    const text = textOf(values, name);
    return text === undefined ? undefined : resolve(workingDirectory, text);
  };
  return {
    json: isOn(values, 'json'),
    quiet: countOf(values, 'quiet'),
    verbose: isOn(values, 'verbose'),
    config: path('config'),
    storage: storagePlace(textOf(values, 'storage'), workingDirectory),
    catalog: textOf(values, 'catalog'),
    stateDirectory: path('state-dir'),
    encryptKeyFile: path('encrypt-key-file'),
    keyCommand: textOf(values, 'key-command'),
  };
}

/** A URL stays as it is; a directory becomes absolute. */
function storagePlace(text: string | undefined, workingDirectory: string): string | undefined {
  if (text === undefined || isAbsolute(text) || isUrl(text)) return text;
  return resolve(workingDirectory, text);
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/iu.test(text);
}
