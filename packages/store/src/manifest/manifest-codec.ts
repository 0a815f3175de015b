import { MalformedBytes } from '../codec/byte-reader.js';
import { digestLength } from '../codec/digest.js';
import type { RepositoryCipher } from '../encryption/repository-cipher.js';
import type { Manifest, ManifestBody, ManifestSummary } from './manifest.js';
import { decodeSummary, encodeSummary, parseObject } from './manifest-summary.js';
import { decodeObjects, encodeObjects } from './object-columns.js';
import { decodeSections, encodeSections, sectionTypes } from './sections.js';
import { decodeBlocks, decodePacks, encodeBlocks, encodePacks } from './tables.js';

/** The bytes of a manifest's file. */
export function encodeManifest(summary: ManifestSummary, { metadata, blocks, objects }: ManifestBody, cipher: RepositoryCipher | undefined): Buffer {
  const columns = encodeObjects(objects);
  const sections = [
    { type: sectionTypes.summary, bytes: encodeSummary(summary), compressible: false },
    { type: sectionTypes.metadata, bytes: Buffer.from(JSON.stringify(metadata)), compressible: true },
    { type: sectionTypes.packs, bytes: encodePacks(summary.job, blocks.packs), compressible: true },
    { type: sectionTypes.blocks, bytes: encodeBlocks(blocks), compressible: false },
    { type: sectionTypes.objects, bytes: columns.objects, compressible: true },
    { type: sectionTypes.runs, bytes: columns.runs, compressible: true },
    { type: sectionTypes.segments, bytes: columns.segments, compressible: true },
    { type: sectionTypes.windows, bytes: columns.windows, compressible: false },
  ];
  return encodeSections(sections, cipher);
}

/** Throws MalformedBytes for whatever is not right, HF_FORMAT_NEWER naming `file` for what this version cannot read. */
export function decodeManifest(file: string, bytes: Buffer, cipher?: RepositoryCipher): Manifest {
  const sections = decodeSections(file, bytes, cipher);
  const section = (type: keyof typeof sectionTypes): Buffer => {
    const found = sections.get(sectionTypes[type]);
    if (found === undefined) throw new MalformedBytes(`it has no ${type}`);
    return found;
  };
  const summary = decodeSummary(section('summary'));
  const blocks = decodeBlocks(section('blocks'), decodePacks(section('packs'), summary.job));
  const columns = { objects: section('objects'), runs: section('runs'), segments: section('segments'), windows: section('windows') };
  return {
    summary,
    metadata: parseObject(section('metadata'), 'metadata'),
    blocks,
    objects: decodeObjects(columns, blocks.length),
    digest: bytes.subarray(bytes.length - digestLength),
  };
}
