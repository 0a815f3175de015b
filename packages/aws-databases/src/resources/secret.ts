import { HoldfastError, type PasswordChoice, parseSecret } from '@holdfast/core';
import type { DatabasePorts, SecretFacts } from '../client.js';
import type { DatabaseConfig } from '../config/database-config.js';
import { markOf, markOfTags, secretName, tagsOf } from '../names.js';
import { generatePassword } from '../password.js';
import { createSecret } from './create-secret.js';
import { always, type Managed } from './managed.js';
import { patiently } from './patience.js';
import { ensure, type Workshop } from './workshop.js';

/** The password of Holdfast's own user, in Secrets Manager: made before the user, so that a kill between the two leaves nobody without it. */
export function applicationSecret({ secrets }: DatabasePorts, config: DatabaseConfig): Managed<SecretFacts> {
  const name = secretName(config);
  return {
    key: 'secret',
    kind: 'secret',
    name,
    label: `secret '${name}'`,
    detail: `the password of the user '${config.user}'`,
    find: async (call) => secrets.find(name, call),
    mark: markOf(config),
    markIn: ({ tags }) => markOfTags(tags),
    adopt: false,
    idOf: ({ arn }) => arn,
    standingOf: always,
    remove: async (_, call) => secrets.remove(name, call),
  };
}

export interface ApplicationPassword {
  /** Goes nowhere but to the service that is to take it. */
  readonly password: string;
  readonly source: Extract<PasswordChoice, { readonly from: 'secret' }>;
}

/** Makes the secret or reads the one that is there: whoever comes second takes the password of the first. */
export async function ensureApplicationPassword(workshop: Workshop, ports: DatabasePorts, config: DatabaseConfig): Promise<ApplicationPassword> {
  const managed = applicationSecret(ports, config);
  const { found } = await ensure(workshop, managed, async (call) => {
    const text = JSON.stringify({ username: config.user, password: generatePassword() });
    const spec = { name: managed.name, description: markOf(config), kmsKey: config.kmsKey, text, tags: tagsOf(config) };
    return createSecret(workshop, ports.secrets, managed, spec, call);
  });
  const { password, source } = await patiently(workshop, async () => readPassword(workshop, ports, config, found.arn));
  if (!/^[A-Za-z0-9!&#$^<>-]{16,128}$/u.test(password)) throw unfit(managed.name);
  return { password, source };
}

/** Reads a secret that holds a password, or JSON that has it. */
export async function readPassword(
  { signal }: Workshop,
  { secrets }: DatabasePorts,
  { user, region }: { readonly user: string; readonly region: string | undefined },
  secret: string,
): Promise<ApplicationPassword> {
  const text = await secrets.read(secret, signal === undefined ? {} : { signal });
  return { password: parseSecret(text, user).password, source: { from: 'secret', secret, region } };
}

function unfit(secret: string): HoldfastError {
  return new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `The secret ${secret} holds no password that the services of AWS take`,
    hint: 'Put 16 to 128 letters and digits into it as "password"; or remove it, and it is made again',
    operation: 'provision.secret',
    context: { secret },
  });
}
