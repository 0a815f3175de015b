import { type CallOptions, HoldfastError } from '@holdfast/core';
import type { SecretFacts, SecretsPort } from '../client.js';
import { asked, created, found, once, removed, sendOptions, tagList, tagRecord } from './call.js';
import { type AwsClientOptions, clientOptions } from './client-options.js';

export function secretsPort(options: AwsClientOptions): SecretsPort {
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-secrets-manager');
    return { sdk, client: new sdk.SecretsManagerClient(clientOptions(options)) };
  });
  const describe = async (name: string, isRemoving: boolean, call: CallOptions): Promise<SecretFacts | undefined> =>
    found({ call: 'secretsmanager:DescribeSecret', resource: name }, async () => {
      const { sdk, client } = await load();
      const { ARN, Tags, DeletedDate } = await client.send(new sdk.DescribeSecretCommand({ SecretId: name }), sendOptions(call));
      return ARN === undefined || (DeletedDate !== undefined) !== isRemoving ? undefined : { arn: ARN, tags: tagRecord(Tags) };
    });
  return {
    find: async (name, call) => describe(name, false, call),
    findRemoving: async (name, call) => describe(name, true, call),
    restore: async (name, call) =>
      asked({ call: 'secretsmanager:RestoreSecret', resource: name }, async () => {
        const { sdk, client } = await load();
        await client.send(new sdk.RestoreSecretCommand({ SecretId: name }), sendOptions(call));
      }),
    create: async ({ name, description, kmsKey, text, tags }, call) =>
      created({ call: 'secretsmanager:CreateSecret', resource: name }, async (): Promise<SecretFacts | 'removing'> => {
        const { sdk, client } = await load();
        const key = kmsKey === undefined ? {} : { KmsKeyId: kmsKey };
        const command = new sdk.CreateSecretCommand({ Name: name, Description: description, SecretString: text, Tags: tagList(tags), ...key });
        try {
          const { ARN = name } = await client.send(command, sendOptions(call));
          return { arn: ARN, tags };
        } catch (error) {
          if (isHeldByRemoval(error)) return 'removing';
          throw error;
        }
      }),
    remove: async (name, call) =>
      removed({ call: 'secretsmanager:DeleteSecret', resource: name }, async () => {
        const { sdk, client } = await load();
        // A name that waits for its removal could not be used again for a week.
        return client.send(new sdk.DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }), sendOptions(call));
      }),
    read: async (secret, call) => {
      const what = { call: 'secretsmanager:GetSecretValue', resource: secret };
      return asked(what, async () => {
        const { sdk, client } = await load();
        const { SecretString } = await client.send(new sdk.GetSecretValueCommand({ SecretId: secret }), sendOptions(call));
        if (SecretString !== undefined) return SecretString;
        throw new HoldfastError('HF_CLOUD_REFUSED', {
          kind: 'invalid-argument',
          message: `The secret ${secret} is binary, not a text`,
          operation: 'cloud.call',
        });
      });
    },
  };
}

/** Secrets Manager has no name of its own for it. */
function isHeldByRemoval(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidRequestException' && /(?:scheduled|marked) for deletion/u.test(error.message);
}
