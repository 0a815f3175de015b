import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { HoldfastError } from '@holdfast/core';
import { http } from '../http.js';

export interface MetadataAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: string;
}

export type MetadataRequest = (
  method: 'GET' | 'PUT',
  path: string,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) => Promise<MetadataAnswer>;

/** One request with a deadline of its own; any status is an answer. Rejects with HF_METADATA_UNAVAILABLE where there is none. */
export function metadataRequest(endpoint: string, timeoutMs: number): MetadataRequest {
  return async (method, path, headers, signal) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const given = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
    try {
      const response = await send(`${endpoint}${path}`, method, headers, given);
      const header = (name: string): string | undefined => String(response.headers[name] ?? '') || undefined;
      return { status: response.statusCode ?? 0, header, body: await text(response) };
    } catch (error) {
      signal?.throwIfAborted();
      throw metadataFailure(deadline.aborted ? `did not answer within ${timeoutMs} ms` : `cannot be reached: ${wordsOf(error)}`, undefined, error);
    }
  };
}

/** Without the global agent: the service closes idle connections, and it is never behind the proxy that an environment may name. */
function send(url: string, method: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    http().request(url, { method, headers, signal, agent: false }, resolve).once('error', reject).end();
  });
}

/** `what` goes on from "the instance metadata service". */
export function metadataFailure(what: string, status: number | undefined, cause?: unknown): HoldfastError {
  return new HoldfastError('HF_METADATA_UNAVAILABLE', {
    kind: 'unavailable',
    message: `the instance metadata service ${what}${status === undefined ? '' : ` (status ${status})`}`,
    operation: 'spot',
    hint: "On EC2, turn the service on for this instance; elsewhere set 'agent.spot.watch' to off",
    ...(status === undefined ? {} : { context: { status } }),
    ...(cause === undefined ? {} : { cause }),
  });
}

function wordsOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return wordsOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
