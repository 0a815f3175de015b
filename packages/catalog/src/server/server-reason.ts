import { DeadlineError } from './connection.js';
import { missingPasswordHint } from './credential-errors.js';
import { isNameError, isTlsError } from './network-errors.js';
import type { ServerConfig } from './server-config.js';

/** Why a server cannot be used, where its own code says nothing better, and what the reader can do. */
export function serverReason(
  { type, host, port, tls, user, password }: ServerConfig,
  error: unknown,
  isDenied: boolean,
): { words: string; hint: string } {
  if (isDenied) {
    const perhaps = tls === undefined ? ". Where the server wants TLS, write 'tls': 'verify'" : '';
    if (password.from !== 'nowhere') {
      return { words: 'does not take the password', hint: `Look at the user ${user} and at where its password comes from${perhaps}` };
    }
    return {
      words: `does not let the user ${user} in`,
      hint: `Where the configuration names no password, it is that of the variable HOLDFAST_CATALOG_PASSWORD, if set. ${missingPasswordHint}${perhaps}`,
    };
  }
  if (isTlsError(error)) {
    if (tls !== undefined && isNameError(error)) {
      return {
        words: 'is not the server that its certificate is for',
        hint: `It was looked for as ${tls.serverName}: give the certificate's name as 'tlsServerName'`,
      };
    }
    const trusted = tls?.caFile === undefined ? "name the authority's file by 'tlsCaFile' (for RDS its global-bundle.pem)" : `look at ${tls.caFile}`;
    return { words: 'cannot be trusted, or has no TLS', hint: `For a certificate that is not accepted, ${trusted}` };
  }
  if (error instanceof DeadlineError) {
    const tlsToo = tls === undefined ? 'without TLS' : 'with TLS';
    return {
      words: 'does not answer as expected in time',
      hint: `Look whether ${host}, port ${port}, can be reached from here, and is the port of ${type} ${tlsToo}: another kind of server leaves the greeting unanswered`,
    };
  }
  return { words: 'does not answer', hint: `Look whether the server on ${host}, port ${port}, runs and can be reached from here` };
}
