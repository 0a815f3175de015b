import { HoldfastError, parseConfigSection, type SectionPlace } from '@holdfast/core';
import * as z from 'zod';
import { type DatabaseConfig, type DatabaseIdentity, type DatabaseService, databaseServices } from './database-config.js';
import { elasticacheSchema, memorydbSchema } from './key-value.js';
import { rdsSchema } from './rds.js';

/** All names are made of it, and the shortest limit of them is 40 characters. */
const namePattern = /^[a-z](?:-?[a-z0-9]){0,21}$/u;

/**
 * Reads `{"rdsPostgres": {…}}`: one of the four services with its settings, complete, or HF_CONFIG naming what is wrong.
 *
 * @param identity The same name and purpose are the same database, for every rerun and every machine.
 */
export function parseDatabaseConfig(identity: DatabaseIdentity, value: unknown, place: SectionPlace = {}): DatabaseConfig {
  const { name } = identity;
  if (!namePattern.test(name) || name.length > 22) {
    throw new HoldfastError('HF_CONFIG', {
      kind: 'invalid-argument',
      message: `${place.file === undefined ? '' : `${place.file}: `}'${name}' cannot name databases of AWS`,
      hint: 'Use 1 to 22 of a-z, 0-9 and single hyphens, beginning with a letter and not ending with a hyphen',
      operation: 'config.parse',
    });
  }
  const { service, settings } = chosen(value, place);
  return parseConfigSection(schemaOf(service, identity), settings, {
    ...place,
    section: [place.section, service].filter((part) => part !== undefined).join('.'),
  });
}

/** The schema of `{"rdsPostgres": {…}}`, for documentation and editors. */
export function databaseJsonSchema(): Readonly<Record<string, unknown>> {
  const properties = Object.fromEntries(
    databaseServices.map((service) => [service, z.toJSONSchema(schemaOf(service, { name: 'name', purpose: 'catalog' }), { io: 'input' })]),
  );
  return { type: 'object', additionalProperties: false, minProperties: 1, maxProperties: 1, properties };
}

function schemaOf(service: DatabaseService, identity: DatabaseIdentity): z.ZodType<DatabaseConfig> {
  if (service === 'elasticache') return elasticacheSchema(identity);
  return service === 'memorydb' ? memorydbSchema(identity) : rdsSchema(service, identity);
}

function chosen(value: unknown, { section, file }: SectionPlace): { readonly service: DatabaseService; readonly settings: unknown } {
  const entries: readonly (readonly [string, unknown])[] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [first] = entries;
  const service = databaseServices.find((known) => known === first?.[0]);
  if (service !== undefined && entries.length === 1) return { service, settings: first?.[1] };
  throw new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message: `${file === undefined ? '' : `${file}: `}${section === undefined ? 'The database' : `'${section}'`} names ${entries.length > 1 ? 'more than one service' : 'no service that is known'}`,
    hint: `Write one of ${databaseServices.join(', ')}, such as {"rdsPostgres": {"subnets": […], "clientSecurityGroups": […]}}`,
    operation: 'config.parse',
  });
}
