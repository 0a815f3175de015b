import { isTlsError } from './network-errors.js';
import type { ServerConfig } from './server-config.js';

/** Why a server cannot be used, where its own code says nothing better, and what the reader can do. */
export function serverReason({ host, port, tls, user }: ServerConfig, error: unknown, isDenied: boolean): { words: string; hint: string } {
  if (isDenied) {
    const perhaps = tls === undefined ? "; where the server wants TLS, write 'tls': 'verify'" : '';
    return { words: 'does not take the password', hint: `Look at the user ${user} and at where its password comes from${perhaps}` };
  }
  if (isTlsError(error)) {
    const trusted = tls?.caFile === undefined ? "name the authority's file by 'tlsCaFile' (for RDS its global-bundle.pem)" : `look at ${tls.caFile}`;
    return { words: 'cannot be trusted, or has no TLS', hint: `For a certificate that is not accepted, ${trusted}` };
  }
  return { words: 'does not answer', hint: `Look whether the server on ${host}, port ${port}, runs and can be reached from here` };
}
