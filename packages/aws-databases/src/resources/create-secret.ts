import { type CallOptions, HoldfastError } from '@holdfast/core';
import { systemWaitClock } from '@holdfast/core/provision';
import type { SecretFacts, SecretSpec, SecretsPort } from '../client.js';
import { isOurs, type Managed } from './managed.js';
import type { Workshop } from './workshop.js';

const patienceMs = 120_000;
const pauseMs = 5000;

/**
 * Makes the secret. One of its name that waits for its removal holds the name: for seconds where Holdfast removed it, for up to 30 days where somebody
 * else did. So after two minutes one of ours is taken back, with the password that it had.
 */
export async function createSecret(
  { clock = systemWaitClock }: Workshop,
  secrets: SecretsPort,
  managed: Managed<SecretFacts>,
  spec: SecretSpec,
  call: CallOptions,
): Promise<SecretFacts | 'exists'> {
  const endMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const made = await secrets.create(spec, call);
    if (made !== 'removing') return made;
    if (clock.monotonicMs() >= endMs) {
      const removing = await secrets.findRemoving(spec.name, call);
      if (removing !== undefined && !isOurs(managed, removing)) throw held(managed);
      if (removing !== undefined) {
        await secrets.restore(spec.name, call);
        return 'exists';
      }
    }
    await clock.sleep(pauseMs, call);
  }
}

function held({ label }: Managed<SecretFacts>): HoldfastError {
  return new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `${label} is scheduled for deletion, and Holdfast did not make it for this deployment`,
    hint: 'Choose another name, or remove it for good: aws secretsmanager delete-secret --force-delete-without-recovery',
    operation: 'provision.ensure',
    context: { resource: label },
  });
}
