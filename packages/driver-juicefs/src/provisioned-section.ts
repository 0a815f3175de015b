import { databaseServices } from '@holdfast/aws-databases';
import { HoldfastError } from '@holdfast/core';

/** A section whose `metadata` names a service of AWS in place of a URL. */
export interface SectionWithoutUrl {
  readonly metadata: object;
  readonly [key: string]: unknown;
}

export function isWithoutUrl(section: unknown): section is SectionWithoutUrl {
  if (typeof section !== 'object' || section === null || !('metadata' in section)) return false;
  const { metadata } = section;
  return typeof metadata === 'object' && metadata !== null && Object.keys(metadata).length > 0 && !('url' in metadata);
}

/** The rest of the section is parsed as with any URL; the one put here is never connected to. */
export function withPlaceholder(section: SectionWithoutUrl): Readonly<Record<string, unknown>> {
  return { ...section, metadata: { url: 'postgres://nobody@localhost/none' } };
}

/** Throws HF_CONFIG where `metadata` says of no database, or of two. */
export function assertOneMetadata(section: unknown): void {
  if (typeof section !== 'object' || section === null || !('metadata' in section)) return;
  const { metadata } = section;
  if (typeof metadata !== 'object' || metadata === null) return;
  const given = ['url', ...databaseServices].filter((key) => key in metadata);
  if (given.length === 1) return;
  const isNone = given.length === 0;
  throw new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message: isNone
      ? `'storage.metadata' has neither 'url' nor one of ${databaseServices.join(', ')}`
      : `'storage.metadata' has ${given.map((key) => `'${key}'`).join(' and ')}, and may have one of them`,
    operation: 'config.parse',
    hint: `Write either 'url', of a database that is there, or ${isNone ? 'one of those' : 'the other'}, of a database of AWS that is made along`,
  });
}
