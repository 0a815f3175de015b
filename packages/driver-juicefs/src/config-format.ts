import { absolutePathField, parseSize } from '@holdfast/core';
import * as z from 'zod';

export type Compression = 'none' | 'lz4' | 'zstd';

/** How the volume is formatted. What is marked fixed stays as it was when the volume was made. */
export interface FormatConfig {
  /** Fixed. Of the objects: a power of two from 64KiB to 16MiB. Default 16MiB. */
  readonly blockSizeBytes: number;
  /** Fixed. Default none: the store compresses by itself, and leaves it where the volume does. */
  readonly compression: Compression;
  /** What the volume may hold. Default undefined: no limit. */
  readonly capacityBytes: number | undefined;
  /** Days that removed files stay. Default 0: each pruned snapshot would stay, too. */
  readonly trashDays: number;
  /** Fixed. An RSA private key (PEM) with which objects are encrypted before they leave the machine. Default undefined: not by JuiceFS. */
  readonly encryptionKeyFile: string | undefined;
  /** The variable that holds the key's passphrase. Default JFS_RSA_PASSPHRASE, where it is set. */
  readonly encryptionPassphraseVariable: string;
}

const gibibyte = 1024 ** 3;
const blockSizes = ['64KiB', '128KiB', '256KiB', '512KiB', '1MiB', '2MiB', '4MiB', '8MiB', '16MiB'] as const;

export const formatSchema: z.ZodType<FormatConfig> = z
  .strictObject({
    blockSize: z.enum(blockSizes).meta({ description: 'The size of objects; fixed once the volume is made.' }).prefault('16MiB'),
    compression: z.enum(['none', 'lz4', 'zstd']).meta({ description: 'Of objects; fixed once the volume is made.' }).prefault('none'),
    capacity: z
      .string()
      .regex(/^[1-9]\d{0,8}[GT]iB$/u, { error: (issue) => `'${String(issue.input)}' is no whole number of GiB or TiB` })
      .meta({ description: 'What the volume may hold: 500GiB, 2TiB. By default there is no limit.' })
      .optional(),
    trashDays: z.int().min(0).max(3650).meta({ description: 'Days that removed files stay.' }).prefault(0),
    encryptionKeyFile: absolutePathField('An RSA private key in PEM with which JuiceFS encrypts objects; fixed once the volume is made.').optional(),
    encryptionPassphraseVariable: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/u)
      .meta({ description: "The environment variable that holds the key's passphrase." })
      .prefault('JFS_RSA_PASSPHRASE'),
  })
  .prefault({})
  .transform(
    ({ blockSize, compression, capacity, trashDays, encryptionKeyFile, encryptionPassphraseVariable }): FormatConfig => ({
      blockSizeBytes: parseSize(blockSize),
      compression,
      capacityBytes: capacity === undefined ? undefined : parseSize(capacity),
      trashDays,
      encryptionKeyFile,
      encryptionPassphraseVariable,
    }),
  );

/** JuiceFS counts capacity so. */
export function wholeGibibytes(sizeBytes: number): number {
  return Math.round(sizeBytes / gibibyte);
}
