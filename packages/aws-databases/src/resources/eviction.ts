import { HoldfastError } from '@holdfast/core';

/** Throws HF_PROVISION_UNSAFE where a server of these parameters removes keys by itself. Undefined: its service does not tell. */
export function assertKeeps(label: string, parameterGroup: string, policy: string | undefined): void {
  if (policy === 'noeviction') return;
  throw new HoldfastError('HF_PROVISION_UNSAFE', {
    kind: 'invalid-argument',
    message: `${label} has the parameter group '${parameterGroup}', whose maxmemory-policy is ${policy === undefined ? 'not known' : `'${policy}'`}: when its memory is full it removes keys`,
    hint: 'Use a parameter group whose maxmemory-policy is noeviction, or leave out parameterGroup: one is made',
    operation: 'provision.check',
    context: { parameterGroup, policy: policy ?? '' },
  });
}

/** Throws HF_PROVISION_UNSAFE where the connection would be readable. */
export function assertEncrypted(label: string, encrypts: boolean): void {
  if (encrypts) return;
  throw new HoldfastError('HF_PROVISION_UNSAFE', {
    kind: 'invalid-argument',
    message: `${label} does not encrypt its connections`,
    hint: 'Turn encryption in transit on, or let Holdfast make one that has it',
    operation: 'provision.check',
  });
}
