import { HoldfastError } from '@holdfast/core';
import type { SqlSession } from '../client.js';

export interface ApplicationUser {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface Rights {
  /** True on a server of Holdfast's own. */
  readonly mayReplace: boolean;
  /** Whether a user of this name, where there is one, is Holdfast's. */
  readonly isOurs: boolean;
}

/** Runs a statement; where its error has one of these codes, it is as good as done. */
export async function unless(
  codes: readonly string[],
  session: SqlSession,
  sql: string,
  parameters: readonly string[] = [],
): Promise<'done' | 'was so'> {
  try {
    await session.query(sql, parameters);
    return 'done';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (typeof code === 'string' && codes.includes(code)) return 'was so';
    throw error;
  }
}

/** There is one of this name that Holdfast did not make. */
export function taken(what: string, name: string): HoldfastError {
  return new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `The server that is to be adopted has a ${what} '${name}', which the secret of this deployment does not open`,
    hint: `Choose another '${what}', or put its password into the secret`,
    operation: 'provision.user',
    context: { [what]: name },
  });
}
