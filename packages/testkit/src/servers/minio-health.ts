import { readFile } from 'node:fs/promises';
import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import type { ServerAccess } from './server.js';

/** Resolves when the S3 server says that it serves. Rejects with what it says instead, or with the socket's error. */
export async function answersHealthy({ url, caFile }: ServerAccess): Promise<void> {
  const address = `${url}/minio/health/ready`;
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8');
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { agent: false, signal: AbortSignal.timeout(5000) };
    const request = ca === undefined ? getPlain(address, options, resolve) : getTls(address, { ...options, ca }, resolve);
    request.on('error', reject);
  });
  response.resume();
  if (response.statusCode !== 200) throw new Error(`${address} answered ${response.statusCode}`);
}
