import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type AwsDatabase, awsDatabase, type DatabaseConfig, parseDatabaseConfig } from '@holdfast/aws-databases';
import { HoldfastError, defaultStateDirectory } from '@holdfast/core/basics';
import { resourceState } from '@holdfast/core/provision';
import { readConfigFile } from '../../settings/config-file.js';
import type { CommandContext } from '../command-context.js';

export interface OpenedDatabase {
  readonly config: DatabaseConfig;
  readonly database: AwsDatabase;
  /** For messages. */
  readonly name: string;
}

/** The database that FILE describes. Asks nobody yet. Throws HF_CONFIG naming the file and what is wrong in it. */
export async function openDatabase({ cli, settings, words }: CommandContext): Promise<OpenedDatabase> {
  const [action = '', word] = words;
  if (word === undefined || word === '') {
    throw new HoldfastError('HF_USAGE', {
      kind: 'invalid-argument',
      message: `catalog ${action} needs the FILE that describes the database`,
      hint: 'Write {"name": "team", "rdsPostgres": {"subnets": […], "clientSecurityGroups": […]}} into one; docs/provision.md has all settings',
      context: { command: 'catalog' },
    });
  }
  const file = resolve(cli.workingDirectory, word);
  const { name, ...service } = await readObject(file);
  if (name === undefined)
    throw refuse(
      file,
      "it has no 'name', by which everybody finds the same database",
      'Write "name": "team" into it: a name that no other catalog of this account and region has',
    );
  if (typeof name !== 'string') throw refuse(file, "'name' is no text", 'Write "name": "team"');
  const config = parseDatabaseConfig({ name, purpose: 'catalog' }, service, { file });
  const { content } = await readConfigFile(settings.config);
  const given = settings.stateDirectory ?? content['stateDirectory'];
  const stateDirectory = typeof given === 'string' ? given : defaultStateDirectory;
  const ports = await cli.loadDatabasePorts(config.region);
  const state = resourceState(join(stateDirectory, 'provision', `${name}-${config.service}`));
  return { config, database: awsDatabase(config, { ports, state }), name: `the database '${name}' (${config.service})` };
}

async function readObject(file: string): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw refuse(file, cause instanceof Error ? cause.message : String(cause), 'Name a readable file of JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(file, 'it holds no JSON object', 'Write an object such as {"name": …}');
  return { ...value };
}

function refuse(file: string, why: string, hint: string, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message: `${file} describes no database: ${why}`,
    hint,
    context: { file },
    ...(cause === undefined ? {} : { cause }),
  });
}
