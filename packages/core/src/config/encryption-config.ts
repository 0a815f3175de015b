import * as z from 'zod';
import { absolutePathField } from './fields.js';

/** How a repository is encrypted that is made, and with which key one is opened that is there. The key itself is never part of a configuration. */
export interface EncryptionConfig {
  /** Where the key of 32 bytes comes from. */
  readonly key: { readonly file: string } | { readonly command: readonly [string, ...string[]] };
  /** Memory may be staged on the local disk, where it is not encrypted, if there is no room for it in memory. Default false: such a snapshot fails. */
  readonly allowPlainDiskStaging: boolean;
}

/** The section `encryption` as it is written. */
export const encryptionSection: z.ZodType<EncryptionConfig> = z
  .strictObject({
    keyFile: absolutePathField('A file with the key: 32 bytes, raw, in hexadecimal or in Base64.').optional(),
    // An array and no tuple: strict validators of JSON Schema refuse one whose rest is open.
    keyCommand: z
      .array(z.string())
      .min(1, { error: 'it names no program' })
      .refine(([program]) => program !== '', { error: 'it names no program' })
      .meta({ description: 'A program and its arguments that print the key. No shell reads them.' })
      .optional(),
    allowPlainDiskStaging: z
      .boolean()
      .meta({ description: 'Memory may be staged on the local disk, not encrypted, where it does not fit into memory.' })
      .prefault(false),
  })
  .transform(({ keyFile, keyCommand, allowPlainDiskStaging }, context): EncryptionConfig => {
    if (keyFile !== undefined && keyCommand === undefined) return { key: { file: keyFile }, allowPlainDiskStaging };
    const [program, ...rest] = keyCommand ?? [];
    if (keyFile === undefined && program !== undefined) return { key: { command: [program, ...rest] }, allowPlainDiskStaging };
    const message =
      keyFile === undefined ? "neither 'keyFile' nor 'keyCommand' says where the key is" : "'keyFile' and 'keyCommand' exclude each other";
    context.issues.push({ code: 'custom', input: undefined, message, params: { hint: 'Give one of them' } });
    return z.NEVER;
  });
