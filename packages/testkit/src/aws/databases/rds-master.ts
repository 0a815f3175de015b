import { randomBytes, randomUUID } from 'node:crypto';
import type { AwsCall } from '../aws-call.js';
import type { MotoClient } from '../moto/moto-client.js';
import { contrary, flag, invalid, required, text } from './parameters.js';

export interface Master {
  readonly name: string;
  readonly password: string;
  readonly isManaged: boolean;
}

/** The master that a creation asks for; throws what RDS refuses. */
export function masterOf(call: AwsCall, engine: string): Master {
  const name = required(call, 'MasterUsername');
  const longest = engine === 'postgres' ? 63 : 16;
  if (name.length > longest || !/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name))
    throw invalid(call, `MasterUsername ${name} is not valid: 1 to ${longest} letters, digits or underscores, the first a letter`);
  if (['rdsadmin', 'rdsrepladmin', ...(engine === 'postgres' ? ['postgres_admin', 'admin'] : [])].includes(name)) {
    throw invalid(call, `MasterUsername ${name} cannot be used as it is a reserved word used by the engine`);
  }
  const password = text(call.parameters, 'MasterUserPassword');
  const isManaged = flag(call.parameters, 'ManageMasterUserPassword', false);
  if (isManaged && password !== undefined)
    throw contrary(call, 'You can’t specify MasterUserPassword for the instance when ManageMasterUserPassword is enabled.');
  if (isManaged) return { name, password: randomBytes(15).toString('base64url'), isManaged };
  if (password === undefined) throw invalid(call, 'The parameter MasterUserPassword must be provided and must not be blank.');
  if (password.length < 8 || password.length > (engine === 'postgres' ? 128 : 41))
    throw invalid(call, 'The parameter MasterUserPassword is not a valid password because it is shorter than 8 or too long.');
  if (/[/"@\s]|[^ -~]/.test(password))
    throw invalid(
      call,
      "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides '/', '@', '\"', ' ' may be used.",
    );
  return { name, password, isManaged };
}

/** Makes the secret of a managed password; its ARN. */
export async function makeMasterSecret(call: AwsCall, moto: MotoClient, master: Master): Promise<string> {
  const made = await moto.json('secretsmanager', call.region, 'secretsmanager.CreateSecret', {
    Name: `rds!db-${randomUUID()}`,
    ClientRequestToken: randomUUID(),
    SecretString: JSON.stringify({ username: master.name, password: master.password }),
    Description: `The secret associated with the primary RDS DB instance: ${call.resource}`,
  });
  return text(made, 'ARN') ?? '';
}

export async function removeMasterSecret(region: string, moto: MotoClient, arn: string): Promise<void> {
  await moto.json('secretsmanager', region, 'secretsmanager.DeleteSecret', { SecretId: arn, ForceDeleteWithoutRecovery: true });
}
