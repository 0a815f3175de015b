import { HoldfastError } from '@holdfast/core';
import { parseJuicefsConfig } from './config.js';

const hint =
  'Write juicefs://NAME?bucket=BUCKET&region=REGION&metadata=postgres://USER@HOST/DATABASE, with the metadata percent-encoded where it has a & or #';
const places: Readonly<Record<string, readonly [string, string]>> = {
  bucket: ['bucket', 'name'],
  region: ['bucket', 'region'],
  endpoint: ['bucket', 'endpoint'],
  keysFile: ['bucket', 'keysFile'],
  metadata: ['metadata', 'url'],
  passwordFile: ['metadata', 'passwordFile'],
  passwordVariable: ['metadata', 'passwordVariable'],
  passwordSecret: ['metadata', 'passwordSecret'],
  tls: ['metadata', 'tls'],
  tlsCaFile: ['metadata', 'tlsCaFile'],
  blockSize: ['format', 'blockSize'],
  path: ['mount', 'path'],
};

/** Reads `juicefs://NAME?bucket=…&region=…&metadata=…` as a section of the configuration. */
export function juicefsConfigFromUrl(url: string): unknown {
  if (!URL.canParse(url)) throw refuse('the storage URL of JuiceFS cannot be read');
  const { hostname, username, password, port, pathname, hash, searchParams } = new URL(url);
  if (username !== '' || password !== '' || port !== '' || hash !== '' || !['', '/'].includes(pathname))
    throw refuse('the storage URL of JuiceFS has more than a name and settings');
  const section: Record<string, Record<string, string>> = { bucket: {}, metadata: {}, format: {}, mount: {} };
  for (const [key, value] of searchParams) {
    const place = Object.hasOwn(places, key) ? places[key] : undefined;
    if (place === undefined) throw refuse(`the storage URL of JuiceFS has the setting '${key}', which is none: ${Object.keys(places).join(', ')}`);
    const [part, name] = place;
    if (section[part]?.[name] !== undefined) throw refuse(`the storage URL of JuiceFS has the setting '${key}' twice`);
    section[part] = { ...section[part], [name]: value };
  }
  const whole = { type: 'juicefs', name: hostname, ...section };
  parseJuicefsConfig(whole);
  return whole;
}

function refuse(message: string): HoldfastError {
  return new HoldfastError('HF_CONFIG', { kind: 'invalid-argument', message, hint, operation: 'config.parse' });
}
