import * as z from 'zod';
import { shortName } from '../names.js';
import type { DatabaseIdentity, ElasticacheConfig, MemorydbConfig } from './database-config.js';
import { commonConfig, commonShape, nameField, networkProblem, type Problem } from './fields.js';
import { refuse } from './refuse.js';

const nodeType = (prefix: string): z.ZodPrefault<z.ZodString> =>
  z
    .string()
    .regex(new RegExp(`^${prefix}\\.[a-z0-9-]+\\.[a-z0-9]+$`, 'u'))
    .meta({ description: 'The type of its nodes.' })
    .prefault(`${prefix}.t4g.small`);

const shape = {
  ...commonShape,
  engine: z.enum(['valkey', 'redis']).meta({ description: 'The server.' }).prefault('valkey'),
  version: nameField("The server's version.").optional(),
  replicas: z.int().min(0).max(5).meta({ description: 'Nodes beside the primary, in other zones.' }).prefault(1),
  parameterGroup: nameField('A parameter group to use: it must not evict.').optional(),
  user: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,39}$/u, { error: 'it must be 1 to 40 of a-z, 0-9 and hyphens, beginning with a letter' })
    .meta({ description: 'The user: of MemoryDB the one that is made, else of a database that is adopted.' })
    .optional(),
  passwordSecret: nameField("With 'adopt': a secret of Secrets Manager with the user's password.").optional(),
  serverless: z.boolean().meta({ description: 'Known only to be refused: what is serverless evicts.' }).optional(),
};

type Section = z.output<z.ZodObject<typeof shape>>;

function problemOf(section: Section): Problem | undefined {
  const { serverless, adopt, passwordSecret } = section;
  if (serverless === true) {
    return {
      message: "'serverless' cannot be used: such a cache evicts keys when it is full, and nobody can change that",
      hint: 'Leave it out: nodes are made that do not evict',
    };
  }
  if (adopt !== undefined && passwordSecret === undefined)
    return { message: "'adopt' needs 'passwordSecret'", hint: "Name the secret of Secrets Manager that holds the user's password" };
  if (adopt === undefined && passwordSecret !== undefined)
    return { message: "'passwordSecret' is for 'adopt': the password of what is made is made too", hint: 'Leave it out' };
  return networkProblem(section);
}

/** The section of ElastiCache. */
export function elasticacheSchema(identity: DatabaseIdentity): z.ZodType<ElasticacheConfig> {
  return z.strictObject({ ...shape, nodeType: nodeType('cache') }).transform((section, context): ElasticacheConfig => {
    const userProblem =
      section.user === undefined || section.adopt !== undefined ? undefined : { message: "'user' is for 'adopt' here", hint: 'Leave it out' };
    const problem = problemOf(section) ?? userProblem;
    if (problem !== undefined) return refuse(context, problem);
    const version = section.version ?? (section.engine === 'valkey' ? '8.0' : '7.1');
    return { ...commonConfig(identity, section), service: 'elasticache', ...chosen(section), version, user: section.user ?? 'default' };
  });
}

/** The section of MemoryDB. */
export function memorydbSchema(identity: DatabaseIdentity): z.ZodType<MemorydbConfig> {
  return z.strictObject({ ...shape, nodeType: nodeType('db') }).transform((section, context): MemorydbConfig => {
    const unprotected = section.user === 'default' && section.adopt === undefined;
    const userProblem = unprotected ? { message: "'user': 'default' has no password", hint: 'Choose another name, or leave it out' } : undefined;
    const problem = problemOf(section) ?? userProblem;
    if (problem !== undefined) return refuse(context, problem);
    const version = section.version ?? (section.engine === 'valkey' ? '7.3' : '7.1');
    return { ...commonConfig(identity, section), service: 'memorydb', ...chosen(section), version, user: section.user ?? shortName(identity) };
  });
}

type Chosen = Pick<MemorydbConfig, 'nodeType' | 'engine' | 'replicas' | 'parameterGroup' | 'passwordSecret'>;

function chosen({ nodeType: type, engine, replicas, parameterGroup, passwordSecret }: Section & { readonly nodeType: string }): Chosen {
  return { nodeType: type, engine, replicas, parameterGroup, passwordSecret };
}
