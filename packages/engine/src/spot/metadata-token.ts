import type { Clock } from '@holdfast/core';
import type { MetadataRequest } from './metadata-request.js';
import { metadataFailure } from './metadata-request.js';

const askedTtlSeconds = 21_600;
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';
/** Renewed so long before its end, or at nine tenths of a shorter life. */
const earlyMs = 60_000;

/** The session token of IMDSv2, fetched when it is first needed and again before its end. */
export class MetadataToken {
  readonly #request: MetadataRequest;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #held: { readonly value: string; readonly renewAtMs: number } | undefined;

  constructor(request: MetadataRequest, clock: Pick<Clock, 'monotonicMs'>) {
    this.#request = request;
    this.#clock = clock;
  }

  async value(signal?: AbortSignal): Promise<string> {
    const askedAtMs = this.#clock.monotonicMs();
    if (this.#held !== undefined && askedAtMs < this.#held.renewAtMs) return this.#held.value;
    const answer = await this.#request('PUT', '/latest/api/token', { [ttlHeader]: String(askedTtlSeconds) }, signal);
    if (answer.status !== 200 || answer.body === '') throw metadataFailure('gave no token', answer.status);
    const ttlMs = ttlOf(answer.header(ttlHeader)) * 1000;
    this.#held = { value: answer.body, renewAtMs: askedAtMs + ttlMs - Math.min(earlyMs, ttlMs / 10) };
    return answer.body;
  }

  /** The service took it no longer: a machine that slept, a service that began anew. */
  forget(): void {
    this.#held = undefined;
  }
}

function ttlOf(told: string | undefined): number {
  const seconds = Number(told);
  return told === undefined || !Number.isInteger(seconds) || seconds < 1 ? askedTtlSeconds : seconds;
}
