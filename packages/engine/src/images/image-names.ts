import { HoldfastError } from '@holdfast/core/basics';

/** A name that CRIU gives to a file of its images: no path, nothing hidden, nothing that leads elsewhere. */
export function isImageName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,199}$/.test(name) && !name.includes('..');
}

/** Throws with kind `corrupt` for a name read back from a snapshot that no image has. */
export function assertImageName(name: string): string {
  if (isImageName(name)) return name;
  throw new HoldfastError('HF_MANIFEST_CORRUPT', {
    message: `the snapshot has an image with the impossible name ${JSON.stringify(name)}`,
    kind: 'corrupt',
    operation: 'restore',
  });
}

/** Logs, statistics and meeting points: of no use to a restore. */
export function isStored(name: string): boolean {
  return (
    !name.endsWith('.log') && !name.startsWith('stats-') && name !== 'ready' && name !== 'go' && name !== 'seccomp.log' && !name.endsWith('.pid')
  );
}
