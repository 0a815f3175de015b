import type { SecretReader } from '../server/credentials.js';

/** Reads secrets of Secrets Manager with the credentials of this machine. */
export function secretsManager(): SecretReader {
  return {
    read: async ({ secret, region }, { signal } = {}) => {
      const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
      const client = new SecretsManagerClient(region === undefined ? {} : { region });
      try {
        const command = new GetSecretValueCommand({ SecretId: secret });
        const { SecretString } = await client.send(command, signal === undefined ? {} : { abortSignal: signal });
        if (SecretString === undefined) throw new Error('it is binary, not a text');
        return SecretString;
      } finally {
        client.destroy();
      }
    },
  };
}
