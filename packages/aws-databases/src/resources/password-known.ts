import { HoldfastError } from '@holdfast/core';
import type { DatabasePorts } from '../client.js';
import type { DatabaseConfig } from '../config/database-config.js';
import type { Managed } from './managed.js';
import { applicationSecret } from './secret.js';
import type { Workshop } from './workshop.js';

/**
 * Rejects with HF_PROVISION_CONFLICT where what has the password is there and the secret is not: a new secret would hold a password that nobody has set.
 * Looks at the secret last, which is made first: another provisioner may be at work.
 *
 * @param set How a password is set by hand.
 */
export async function assertPasswordKnown<Found>(
  { signal }: Workshop,
  ports: DatabasePorts,
  config: DatabaseConfig,
  holder: Managed<Found>,
  set: string,
): Promise<void> {
  const call = signal === undefined ? {} : { signal };
  if ((await holder.find(call)) === undefined) return;
  const secret = applicationSecret(ports, config);
  if ((await secret.find(call)) !== undefined || (await ports.secrets.findRemoving(secret.name, call)) !== undefined) return;
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `${holder.label} is there, and its password is not: the ${secret.label} is gone`,
    hint: `Write the secret again as {"username": …, "password": …} with the tags that docs/provision.md names, with the password it has or after setting another by ${set}; or remove the ${holder.kind} with all its data and provision again`,
    operation: 'provision.secret',
    context: { resource: holder.label, secret: secret.name },
  });
}
