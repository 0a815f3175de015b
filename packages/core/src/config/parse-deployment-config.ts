import { relative } from 'node:path';
import { HoldfastError } from '../errors/holdfast-error.js';
import { type DeploymentConfig, deploymentConfigSchema } from './deployment-config.js';
import { parseConfigSection } from './parse-section.js';

export interface ParseDeploymentConfigOptions {
  /** Where the document came from, for messages. It is not read here. */
  readonly file?: string | undefined;
}

/**
 * Parses a deployment's configuration: JSON text, or what it would hold.
 *
 * - Every default is applied, and the result is frozen all the way down.
 * - Throws HF_CONFIG, naming the path inside the document and the value: what is not JSON, unknown keys with the nearest known one,
 *   wrong values, and values that exclude each other, with both names.
 * - The sections `storage` and `catalog` are handed to the plugin of their `type` as they are.
 */
export function parseDeploymentConfig(input: unknown, options: ParseDeploymentConfigOptions = {}): DeploymentConfig {
  const { file } = options;
  const document = typeof input === 'string' ? parseJson(input, file) : input;
  const config = parseConfigSection(deploymentConfigSchema, document, { file });
  refuseInside(config, 'stateDirectory', config.stateDirectory, file);
  refuseInside(config, 'catalog.path', config.catalog['path'], file);
  return config;
}

/** What is the machine's own would be removed with the storage, and a shared one is too slow for it or takes no file locks. */
function refuseInside(config: DeploymentConfig, name: string, path: unknown, file: string | undefined): void {
  const storagePath = config.storage['path'];
  if (typeof path !== 'string' || typeof storagePath !== 'string') return;
  const below = relative(storagePath, path);
  if (below === '..' || below.startsWith('../')) return;
  throw new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message: `${file === undefined ? '' : `${file}: `}'${name}' (${path}) lies inside 'storage.path' (${storagePath})`,
    operation: 'config.parse',
    context: { path: name },
    hint: `Move one of them: ${name} is this machine's own and must not be on the storage`,
  });
}

function parseJson(text: string, file: string | undefined): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new HoldfastError('HF_CONFIG', {
      kind: 'invalid-argument',
      // The engine's message quotes the document, which may hold secrets; and so does its error.
      message: `${file ?? 'The configuration'} is not JSON: ${error instanceof Error ? withoutQuote(error.message) : 'it cannot be read'}`,
      operation: 'config.parse',
      hint: 'Correct it, or run it through a JSON checker',
    });
  }
}

function withoutQuote(message: string): string {
  return message.replace(/, (?:\.{3})?".*$/su, '');
}
