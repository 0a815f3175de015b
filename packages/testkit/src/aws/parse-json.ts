import type { Parameters } from './aws-call.js';

/** An object in JSON; an empty one for an empty body, and for what is no object. Throws for what is no JSON. */
export function parseJson(body: string): Parameters {
  const value: unknown = body === '' ? {} : JSON.parse(body);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
