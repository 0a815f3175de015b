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
