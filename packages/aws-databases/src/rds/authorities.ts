import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '@holdfast/core';
import { replaceFile } from '@holdfast/core/provision';
import type { DatabasePorts } from '../client.js';
import type { RdsConfig } from '../config/database-config.js';
import type { Workshop } from '../resources/workshop.js';

/** Where AWS publishes the authorities of RDS, which no system knows by itself. */
export function rdsBundleUrl(region: string | undefined): string {
  if (region?.startsWith('cn-') === true) return 'https://rds-truststore.s3.cn-north-1.amazonaws.com.cn/global/global-bundle.pem';
  if (region?.startsWith('us-gov-') === true) return `https://truststore.pki.${region}.rds.amazonaws.com/global/global-bundle.pem`;
  return 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem';
}

/** The file that the server's certificate is verified by; fetched where none is configured and none was fetched before. */
export async function ensureAuthorities({ state, signal, onProgress }: Workshop, { fetchText }: DatabasePorts, config: RdsConfig): Promise<string> {
  if (config.tlsCaFile !== undefined) return config.tlsCaFile;
  const directory = join(state.directory, '..', 'authorities');
  const path = join(directory, 'rds-global-bundle.pem');
  if (isBundle(await readFile(path, 'utf8').catch(() => ''))) return path;
  const url = rdsBundleUrl(config.region);
  const text = await fetchText(url, signal === undefined ? {} : { signal });
  if (!isBundle(text)) throw noBundle(url);
  try {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    await replaceFile(path, text, 0o644);
  } catch (cause) {
    throw unwritten(path, cause);
  }
  onProgress?.({ step: 'authorities', message: `certificate authorities of RDS: ${path}` });
  return path;
}

/** Where `ensureAuthorities` keeps it, whether it is there or not. */
export function authoritiesPath(stateDirectory: string, config: RdsConfig): string {
  return config.tlsCaFile ?? join(stateDirectory, '..', 'authorities', 'rds-global-bundle.pem');
}

function isBundle(text: string): boolean {
  return /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\s*$/u.test(text);
}

function unwritten(path: string, cause: unknown): HoldfastError {
  return new HoldfastError('HF_PROVISION_STATE', {
    kind: 'permission',
    message: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Choose another state directory, or fetch the bundle of RDS yourself and name it by 'tlsCaFile'",
    operation: 'provision.authorities',
    context: { path },
    cause,
  });
}

function noBundle(url: string): HoldfastError {
  return new HoldfastError('HF_CLOUD_UNAVAILABLE', {
    kind: 'unavailable',
    message: `${url} holds no certificates`,
    hint: "Fetch the bundle of RDS yourself and name it by 'tlsCaFile'",
    operation: 'provision.authorities',
  });
}
