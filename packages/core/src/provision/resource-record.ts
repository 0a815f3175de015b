import * as z from 'zod';

/**
 * What is known here of one resource of a provider. Holds no secret: names of secrets, not their content.
 *
 * `intended`: written before the call that makes it, so that nothing is made that nobody knows of. `made`: by Holdfast, by whichever process.
 * `adopted`: was there before; never removed.
 */
export interface ResourceRecord {
  /** `rds-instance`, `security-group`. */
  readonly kind: string;
  readonly name: string;
  readonly status: 'intended' | 'made' | 'adopted';
  /** The provider's own: `sg-0a1b`, an ARN. */
  readonly id?: string | undefined;
  /** What a rerun needs besides. */
  readonly facts?: Readonly<Record<string, string>> | undefined;
}

/** Its file. A field of a later version makes it unreadable to this one, rather than lost by its next write. */
export const recordFileSchema: z.ZodType<ResourceRecord & { readonly version: 1 }> = z.strictObject({
  version: z.literal(1),
  kind: z.string(),
  name: z.string(),
  status: z.enum(['intended', 'made', 'adopted']),
  id: z.string().optional(),
  facts: z.record(z.string(), z.string()).optional(),
});
