import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { awsSdkPorts } from '@holdfast/aws-databases/aws-sdk';
import { serverSessions } from '@holdfast/catalog/sessions';
import { startFakeAws } from '@holdfast/testkit/aws';
import { missingServer } from '@holdfast/testkit/servers';
import { expect, test } from 'vitest';

const missing = missingServer('moto_server');

test.skipIf(missing !== undefined)('a secret that waits for its removal is told apart from one that is there and one that is not', async () => {
  await using aws = await startFakeAws();
  const { secrets } = awsSdkPorts({ ...aws.client, sql: serverSessions() });
  const spec = { name: 'holdfast/a/mysql', description: 'd', kmsKey: undefined, text: '{}', tags: { 'holdfast:deployment': 'a' } };
  const made = await secrets.create(spec, {});
  expect(await secrets.findRemoving(spec.name, {})).toBeUndefined();
  const client = new SecretsManagerClient(aws.client);
  await client.send(new DeleteSecretCommand({ SecretId: spec.name, RecoveryWindowInDays: 7 }));
  client.destroy();
  expect(await secrets.find(spec.name, {})).toBeUndefined();
  // In AWS's words: the stand-in says that there is one, as of any other.
  const message = "You can't create this secret because a secret with this name is already scheduled for deletion.";
  aws.script({ on: 'secretsmanager:CreateSecret', effect: { kind: 'fault', code: 'InvalidRequestException', status: 400, message } });
  expect(await secrets.create(spec, {})).toBe('removing');
  expect(await secrets.findRemoving(spec.name, {})).toEqual(made);
  await secrets.restore(spec.name, {});
  expect(await secrets.find(spec.name, {})).toEqual(made);
  expect(await secrets.create(spec, {})).toBe('exists');
});
