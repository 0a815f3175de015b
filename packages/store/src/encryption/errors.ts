import { HoldfastError } from '@holdfast/core/basics';

export function keyMissing(file: string): HoldfastError {
  return new HoldfastError('HF_KEY_MISSING', {
    message: `The repository of ${file} is encrypted, and no key was given`,
    kind: 'invalid-argument',
    context: { file },
    hint: "Name the key: 'encryption.keyFile' or 'encryption.keyCommand' of the configuration, or --encrypt-key-file",
  });
}

export function keyWrong(file: string): HoldfastError {
  return new HoldfastError('HF_KEY_WRONG', {
    message: `The key that was given is not the one of the encrypted repository of ${file}`,
    kind: 'permission',
    context: { file },
    hint: 'Give the key that the repository was made with, or the one that "holdfast key change" gave it last; without it nobody can read the snapshots',
  });
}

export function notEncrypted(file: string): HoldfastError {
  return new HoldfastError('HF_KEY_UNUSED', {
    message: `A key was given, but the repository of ${file} is not encrypted`,
    kind: 'conflict',
    context: { file },
    hint: 'Take the key out of the configuration, or use an empty directory: a repository is encrypted from its first day or never',
  });
}
