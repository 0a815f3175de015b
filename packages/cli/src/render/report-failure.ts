import type { HoldfastError } from '@holdfast/core';
import type { Printer } from './printer.js';

/** Prints the failure, and with --verbose what caused it, to the last. */
export function reportFailure(printer: Printer, failure: HoldfastError, where: 'stdout' | 'stderr'): void {
  printer.fail(failure, where);
  for (let cause = failure.cause; cause instanceof Error; cause = cause.cause) {
    printer.logger.debug({ stack: cause.stack ?? cause.message }, 'caused by');
  }
}
