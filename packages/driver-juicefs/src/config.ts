import { absolutePathField, parseConfigSection } from '@holdfast/core';
import * as z from 'zod';
import { bucketSchema, type BucketConfig } from './config-bucket.js';
import { formatSchema, type FormatConfig } from './config-format.js';
import { mountDefaults, mountSchema, type MountConfig } from './config-mount.js';
import { type MetadataAccess, metadataUrlSchema } from './metadata-url.js';
import { unsafeChoice } from './unsafe-choices.js';

/** The `storage` section of the configuration for JuiceFS, complete. */
export interface JuicefsConfig {
  readonly type: 'juicefs';
  /** Of the volume: 3 to 63 small letters, digits and dashes. What its objects' names begin with; never changed. */
  readonly name: string;
  readonly bucket: BucketConfig;
  readonly metadata: MetadataAccess;
  readonly format: FormatConfig;
  readonly mount: MountConfig;
  /** Takes the risk of losing snapshots that were acknowledged. Default false. */
  readonly allowDataLoss: boolean;
  /** The juicefs program, as an absolute path or a name on the path. Default: the variable HOLDFAST_JUICEFS, else `juicefs` on the path. */
  readonly program: string | undefined;
  /** Where it is noted what was provisioned. Default `/var/lib/holdfast/provision/juicefs-NAME`. */
  readonly stateDirectory: string;
}

const hint = 'docs/juicefs.md lists the settings';

export const juicefsConfigSchema: z.ZodType<JuicefsConfig> = z
  .strictObject({
    type: z.literal('juicefs'),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/u, { error: (issue) => `'${String(issue.input)}' is not 3 to 63 small letters, digits and dashes` })
      .meta({ description: "The volume's name; what its objects' names begin with. Never changed." }),
    bucket: bucketSchema,
    metadata: metadataUrlSchema,
    format: formatSchema,
    mount: mountSchema,
    allowDataLoss: z.boolean().meta({ description: 'Takes the risk of losing snapshots that were acknowledged.' }).prefault(false),
    program: z
      .string()
      .regex(/^(?:\/.+|[^/]+)$/u, { error: (issue) => `'${String(issue.input)}' is no absolute path, and no name of a program` })
      .meta({ description: 'The juicefs program, as an absolute path or a name on the path; by default HOLDFAST_JUICEFS, else juicefs.' })
      .optional(),
    stateDirectory: absolutePathField('Where it is noted what was provisioned.').optional(),
  })
  .transform((section, context): JuicefsConfig => {
    const problem = unsafeChoice(section);
    if (problem !== undefined) {
      context.issues.push({ code: 'custom', input: undefined, message: problem.message, params: { hint: problem.hint } });
      return z.NEVER;
    }
    const { program, stateDirectory, name } = section;
    return {
      ...section,
      mount: mountDefaults(section.mount, name),
      program,
      stateDirectory: stateDirectory ?? `/var/lib/holdfast/provision/juicefs-${name}`,
    };
  });

/** Throws HF_CONFIG with the value that is wrong. */
export function parseJuicefsConfig(config: unknown): JuicefsConfig {
  return parseConfigSection(juicefsConfigSchema, config, { section: 'storage', hint });
}
