import { type ErrorCode, type ErrorKind, HoldfastError, isHoldfastError } from '@holdfast/core';

interface Where {
  readonly engine: string;
  readonly host: string;
  /** In no word of what comes out. */
  readonly password: string;
}

const denied: readonly unknown[] = [
  '42501',
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_CANNOT_USER',
];

/**
 * What a statement's failure means. mysql2 hangs the whole statement on its error, and servers quote from it; the statement of a new user has the password.
 * So the cause is made anew, of the message and the code alone. What is no server's error comes out as it is.
 */
export function statementFailure(error: unknown, { engine, host, password }: Where): unknown {
  if (isHoldfastError(error) || !(error instanceof Error) || !('code' in error || 'sql' in error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'no code';
  const words = error.message.replaceAll(password, '…');
  const passes = /^(?:E[A-Z]+|PROTOCOL_\w+|HOLDFAST_DEADLINE|08\w{3}|57P\w{2})$/u.test(code);
  const [as, kind]: readonly [ErrorCode, ErrorKind] = denied.includes(code)
    ? ['HF_CLOUD_DENIED', 'permission']
    : passes
      ? ['HF_CLOUD_UNAVAILABLE', 'unavailable']
      : ['HF_CLOUD_REFUSED', 'invalid-argument'];
  return new HoldfastError(as, {
    kind,
    retry: passes ? 'yes' : 'no',
    message: `${engine} at ${host} refused to make the user or its database (${code}): ${words}`,
    hint:
      kind === 'permission'
        ? 'Give the administrator the right that is named, or name another one by masterPasswordSecret'
        : passes
          ? 'Repeat the command: it goes on where it stopped'
          : 'Mend what the server names, and repeat the command',
    operation: 'provision.user',
    context: { host, code },
    cause: Object.assign(new Error(words), { code }),
  });
}
