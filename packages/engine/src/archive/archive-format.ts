/** Names and bounds of docs/archive.md, version 1. */
export const archiveFormat = 'holdfast-archive';
export const archiveVersion = 1;

export const memberNames = {
  /** What Podman and checkpointctl read. */
  config: 'config.dump',
  spec: 'spec.dump',
  network: 'network.status',
  statistics: 'stats-dump',
  images: 'checkpoint/',
  /** Holdfast's own. */
  manifest: 'holdfast/manifest.json',
  objects: 'holdfast/objects/',
  content: 'holdfast/content/',
  files: 'holdfast/files/',
  digests: 'holdfast/digests.json',
} as const;

/** The manifest is one of the first members, so that a foreign archive is told from ours before it is read through. */
export const manifestAmongFirst = 16;

export const manifestLimitBytes: number = 256 * 1024 * 1024;
/**
 * Members and elements, of the manifest as of the digests. Each object has about 8, each run of its pages 2: so a million files, or two million runs
 * besides half a million files. Bounds what a hand-made manifest can make an import allocate.
 */
export const manifestPartsLimit: number = 8 * 1024 * 1024;
export const digestsLimitBytes: number = 256 * 1024 * 1024;

/** Member names fit the header that every tar program reads. */
export const memberNameLimitBytes = 99;

/** The `number`th member of a folder. */
export function numbered(folder: string, number: number): string {
  return `${folder}${String(number).padStart(8, '0')}`;
}
