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
    const nowMs = clock.monotonicMs();
    if (nowMs >= endMs) {
      const removing = await secrets.findRemoving(spec.name, call);
      if (removing !== undefined && !isOurs(managed, removing)) throw held(managed);
      if (removing !== undefined) {
        await secrets.restore(spec.name, call);
        return 'exists';
      }
      if (nowMs >= endMs + patienceMs) throw unseen(managed);
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

function unseen({ label }: Managed<SecretFacts>): HoldfastError {
  return new HoldfastError('HF_CLOUD_UNAVAILABLE', {
    kind: 'unavailable',
    retry: 'yes',
    message: `${label} can neither be made, since one is scheduled for deletion, nor is such a one there`,
    hint: 'Repeat the command later: it goes on where it stopped',
    operation: 'provision.ensure',
    context: { resource: label },
  });
}
