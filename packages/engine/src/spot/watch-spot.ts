import type { HoldfastError, Logger } from '@holdfast/core';
import { asHoldfastError } from '../run/as-holdfast-error.js';
import { everyInterval } from '../run/interval.js';
import type { InstanceMetadata } from './instance-metadata.js';
import type { Interruption, Rebalance } from './interruption.js';

export interface SpotWatchOptions {
  readonly metadata: InstanceMetadata;
  /** `auto`: given up at once where the service was never reached and this is no machine of EC2. */
  readonly mode: 'auto' | 'on';
  readonly intervalMs: number;
  readonly isEc2: () => Promise<boolean>;
  readonly monotonicMs: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called once for each notice, and again where its time or action changes. */
  readonly onInterruption: (interruption: Interruption) => void;
  /** Called once for each recommendation. */
  readonly onRebalance: (rebalance: Rebalance) => void;
}

/**
 * Looks every `intervalMs`, the first time at once, and tells what is new. Ends with the signal (`stopped`), or with `not-ec2`. A service that does not answer
 * is told once, and once more when it answers again; it is asked on.
 */
export async function watchSpot(options: SpotWatchOptions): Promise<'stopped' | 'not-ec2'> {
  const { intervalMs, monotonicMs, signal } = options;
  const givenUp = new AbortController();
  const look = lookOf(options, () => givenUp.abort());
  await look();
  await everyInterval(intervalMs, look, monotonicMs, AbortSignal.any([signal, givenUp.signal]));
  return signal.aborted ? 'stopped' : 'not-ec2';
}

function lookOf(options: SpotWatchOptions, giveUp: () => void): () => Promise<void> {
  const { metadata, mode, isEc2, logger, signal, onInterruption, onRebalance } = options;
  let reached = false;
  let failing = false;
  let interruption: Interruption | undefined;
  let rebalance: Rebalance | undefined;
  const ask = async (): Promise<void> => {
    const told = await metadata.interruption({ signal });
    reached = true;
    if (told !== undefined && !isSame(told, interruption)) onInterruption((interruption = told));
    const recommended = await metadata.rebalance({ signal });
    if (recommended !== undefined && recommended.noticedAt.getTime() !== rebalance?.noticedAt.getTime()) onRebalance((rebalance = recommended));
    if (failing) logger.info({}, 'the instance metadata service answers again');
    failing = false;
  };
  const fail = async ({ message, code }: HoldfastError): Promise<void> => {
    if (mode === 'auto' && !reached && !(await isEc2())) {
      logger.info({}, 'this machine is not of EC2: nothing announces its end');
      logger.debug({ reason: message }, 'the instance metadata service gave no word');
      return giveUp();
    }
    if (!failing) logger.warn({ code, reason: message }, 'a Spot interruption would not be noticed: no word from the instance metadata service');
    failing = true;
  };
  return () => ask().catch(async (error: unknown) => (signal.aborted ? undefined : fail(asHoldfastError(error))));
}

function isSame(one: Interruption, other: Interruption | undefined): boolean {
  return one.action === other?.action && one.at.getTime() === other.at.getTime();
}
