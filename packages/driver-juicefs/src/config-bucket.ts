import { absolutePathField } from '@holdfast/core';
import * as z from 'zod';

/** Where the objects are. */
export interface BucketConfig {
  readonly name: string;
  readonly region: string;
  /** Of S3 that is not AWS's: `https://minio.example.org:9000`. Addressed by path. Default: AWS's of the region. */
  readonly endpoint: string | undefined;
  /** Makes the bucket where it is missing. Default true. */
  readonly create: boolean;
  /** A file of JSON with `accessKeyId`, `secretAccessKey` and, if it is temporary, `sessionToken`. Default: AWS's own chain, as a rule the instance's role. */
  readonly keysFile: string | undefined;
  /** Sends objects unencrypted to an `http:` endpoint that is not this machine. Default false. */
  readonly allowUnencrypted: boolean;
}

export const bucketSchema: z.ZodType<BucketConfig> = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/u, { error: (issue) => `'${String(issue.input)}' is no name of a bucket` })
      .meta({ description: 'The name of the bucket.' }),
    region: z
      .string()
      .regex(/^[a-z0-9-]{2,40}$/u, { error: (issue) => `'${String(issue.input)}' is no region` })
      .meta({ description: 'The region of the bucket: eu-west-1.' }),
    endpoint: z
      .string()
      .regex(/^https?:\/\/(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::\d{1,5})?\/?$/u, {
        error: 'it is no http: or https: URL of a host alone, without a user, a path or a query',
      })
      .transform((url) => url.replace(/\/$/u, ''))
      .meta({ description: "Of S3 that is not AWS's: https://minio.example.org:9000. Addressed by path." })
      .optional(),
    create: z.boolean().meta({ description: 'Makes the bucket where it is missing.' }).prefault(true),
    keysFile: absolutePathField(
      'A file of JSON with accessKeyId, secretAccessKey and perhaps sessionToken; by default the role of this machine, or what else AWS looks for.',
    ).optional(),
    allowUnencrypted: z.boolean().meta({ description: 'Sends objects unencrypted to an http: endpoint that is not this machine.' }).prefault(false),
  })
  .transform((section): BucketConfig => ({ ...section, endpoint: section.endpoint, keysFile: section.keysFile }));

/** What JuiceFS is given as the bucket. Pure. */
export function bucketUrl({ name, region, endpoint }: BucketConfig): string {
  if (endpoint !== undefined) return `${endpoint}/${name}`;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  // A name with dots is not covered by the certificate of *.s3.REGION.
  return name.includes('.') ? `https://s3.${region}.${domain}/${name}` : `https://${name}.s3.${region}.${domain}`;
}
