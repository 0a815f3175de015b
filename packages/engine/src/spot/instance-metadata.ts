import type { CallOptions, Clock } from '@holdfast/core';
import { type Interruption, parseInterruption, parseRebalance, type Rebalance } from './interruption.js';
import { type MetadataAnswer, metadataFailure, metadataRequest } from './metadata-request.js';
import { MetadataToken } from './metadata-token.js';

/** What this machine's own metadata service (IMDSv2) tells of its end. Every call rejects with HF_METADATA_UNAVAILABLE where the service does not answer. */
export interface InstanceMetadata {
  /** Undefined while none is announced. */
  interruption(options?: CallOptions): Promise<Interruption | undefined>;
  /** Undefined while none is recommended. */
  rebalance(options?: CallOptions): Promise<Rebalance | undefined>;
}

export interface InstanceMetadataOptions {
  /** Without a path or a slash at its end. */
  readonly endpoint: string;
  readonly clock: Clock;
  /** Of one request; a look takes three at most. Default 1500. */
  readonly requestTimeoutMs?: number;
}

export function createInstanceMetadata({ endpoint, clock, requestTimeoutMs = 1500 }: InstanceMetadataOptions): InstanceMetadata {
  const request = metadataRequest(endpoint, requestTimeoutMs);
  const token = new MetadataToken(request, clock);
  const get = async (path: string, signal?: AbortSignal): Promise<MetadataAnswer> =>
    request('GET', `/latest/meta-data/${path}`, { 'X-aws-ec2-metadata-token': await token.value(signal) }, signal);
  /** Undefined for 404, which is how the service says that there is nothing. */
  const read = async (path: string, signal?: AbortSignal): Promise<string | undefined> => {
    let answer = await get(path, signal);
    if (answer.status === 401) {
      token.forget();
      answer = await get(path, signal);
    }
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw metadataFailure(`refused to tell ${path}`, answer.status);
    return answer.body;
  };
  return {
    interruption: async ({ signal } = {}) => {
      const text = await read('spot/instance-action', signal);
      return text === undefined ? undefined : (parseInterruption(text, clock.now()) ?? notUnderstood('spot/instance-action'));
    },
    rebalance: async ({ signal } = {}) => {
      const text = await read('events/recommendations/rebalance', signal);
      return text === undefined ? undefined : (parseRebalance(text) ?? notUnderstood('events/recommendations/rebalance'));
    },
  };
}

function notUnderstood(path: string): never {
  throw metadataFailure(`told what is not understood for ${path}`, undefined);
}
