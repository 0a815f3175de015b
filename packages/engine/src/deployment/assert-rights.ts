import { HoldfastError } from '@holdfast/core';
import type { Caller } from '../container/caller.js';

/** Without these nothing of a job can be frozen, dumped or mounted. */
const neededCapabilities = ['CAP_SYS_ADMIN', 'CAP_SYS_PTRACE'];

/** Throws HF_NOT_ROOT where this process cannot run a job: before anything is made, with what is missing. */
export function assertRights({ uid, capabilities }: Pick<Caller, 'uid' | 'capabilities'>): void {
  if (uid !== 0)
    throw refused(`this is user ${uid}, not root`, `run it as root, for example with sudo: a job needs ${neededCapabilities.join(' and ')}`);
  const missing = neededCapabilities.filter((capability) => !capabilities.effective.includes(capability));
  if (missing.length > 0)
    throw refused(`root lacks ${missing.join(' and ')} here`, 'run it outside of the container that takes them away, or give them to it');
}

function refused(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_NOT_ROOT', { message, kind: 'permission', operation: 'run', hint });
}
