import { HoldfastError } from '@holdfast/core';
import type { DatabaseService } from './config/database-config.js';

/** Undefined where what the service acknowledged is never lost; else why it may be. */
export function lossOf(service: DatabaseService): string | undefined {
  return service === 'elasticache' ? 'ElastiCache replicates after it acknowledged: a fail-over loses the last writes' : undefined;
}

/**
 * For those whose data cannot be made anew, such as the metadata of a volume that keeps snapshots. Throws HF_PROVISION_UNSAFE.
 *
 * @param what Whose data it would be: `the metadata of the volume 'a'`.
 */
export function assertDurable(service: DatabaseService, what: string, { allowDataLoss }: { readonly allowDataLoss: boolean }): void {
  const loss = lossOf(service);
  if (loss === undefined || allowDataLoss) return;
  throw new HoldfastError('HF_PROVISION_UNSAFE', {
    kind: 'invalid-argument',
    message: `${loss}, and ${what} cannot be made anew`,
    hint: "Use memorydb, rdsPostgres or rdsMysql; or write 'allowDataLoss': true where all of it may be lost",
    operation: 'provision.check',
    context: { service },
  });
}
