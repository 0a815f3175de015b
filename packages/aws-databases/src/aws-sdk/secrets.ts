import { HoldfastError } from '@holdfast/core';
import type { SecretFacts, SecretsPort } from '../client.js';
import { asked, created, found, once, removed, sendOptions, tagList, tagRecord } from './call.js';
import { type AwsClientOptions, clientOptions } from './client-options.js';

export function secretsPort(options: AwsClientOptions): SecretsPort {
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-secrets-manager');
    return { sdk, client: new sdk.SecretsManagerClient(clientOptions(options)) };
  });
  return {
    find: async (name, call) =>
      found({ call: 'secretsmanager:DescribeSecret', resource: name }, async () => {
        const { sdk, client } = await load();
        const { ARN, Tags, DeletedDate } = await client.send(new sdk.DescribeSecretCommand({ SecretId: name }), sendOptions(call));
        return ARN === undefined || DeletedDate !== undefined ? undefined : { arn: ARN, tags: tagRecord(Tags) };
      }),
    create: async ({ name, description, kmsKey, text, tags }, call) =>
      created({ call: 'secretsmanager:CreateSecret', resource: name }, async (): Promise<SecretFacts> => {
        const { sdk, client } = await load();
        const key = kmsKey === undefined ? {} : { KmsKeyId: kmsKey };
        const command = new sdk.CreateSecretCommand({ Name: name, Description: description, SecretString: text, Tags: tagList(tags), ...key });
        const { ARN = name } = await client.send(command, sendOptions(call));
        return { arn: ARN, tags };
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
