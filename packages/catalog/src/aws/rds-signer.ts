import type { TokenSigner } from '../server/credentials.js';

/** Signs tokens for RDS with the credentials of this machine; no call of AWS is made for it but for these. */
export function rdsSigner(): TokenSigner {
  return {
    sign: async ({ host, port, user, region }) => {
      const { Signer } = await import('@aws-sdk/rds-signer');
      return new Signer({ hostname: host, port, username: user, region }).getAuthToken();
    },
  };
}
