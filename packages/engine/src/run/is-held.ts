import { hostname } from 'node:os';
import type { Lease } from '@holdfast/core';
import { isProcessAlive } from '../container/process-identity.js';

/** True where the holder of a lease is alive, as far as anybody can tell here. */
export function isHeld(lease: Lease | undefined): boolean {
  if (lease === undefined) return false;
  return lease.holder.host === hostname() ? isProcessAlive(lease.holder) : Date.parse(lease.expiresAt) > Date.now();
}
