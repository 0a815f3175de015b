import { type Agent, request } from 'node:http';
import type { Answer } from '../answer.js';
import { flatHeaders, type RawRequest } from '../aws-call.js';

/** Headers that are of one connection, or that are written anew with the body. */
const ownHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date', 'server', 'expect']);

/** Sends a request as it came, its `Host` and signature untouched, to a server of this machine. Rejects where that does not answer. */
export function send(target: { readonly host: string; readonly port: number; readonly agent: Agent }, raw: RawRequest): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = { ...kept(raw.headers), 'content-length': String(raw.body.length) };
  const call = request({ ...target, method: raw.method, path: raw.path, headers }, (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('error', reject);
    response.on('end', () => {
      resolve({ status: response.statusCode ?? 502, headers: headOf(raw, flatHeaders(response.headers)), body: Buffer.concat(parts) });
    });
  });
  call.on('error', reject);
  call.end(raw.body);
  return promise;
}

function kept(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)));
}

/** The length in an answer to HEAD is the object's, not that of the body, which is empty. */
function headOf(raw: RawRequest, headers: Readonly<Record<string, string>>): Record<string, string> {
  const length = headers['content-length'];
  return raw.method === 'HEAD' && length !== undefined ? { ...kept(headers), 'content-length': length } : kept(headers);
}
