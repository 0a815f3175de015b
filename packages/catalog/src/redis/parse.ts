import * as z from 'zod';
import { corrupt } from './errors.js';

/** A whole number, as text where the server keeps it so. */
export const whole: z.ZodCoercedNumber = z.coerce.number().int();

/** Text that is a JSON document. */
export function json<T extends z.ZodType>(schema: T): z.ZodPipe<z.ZodTransform, T> {
  return z.transform((text: unknown) => (typeof text === 'string' ? parseJson(text) : undefined)).pipe(schema);
}

/** What comes out of a database is parsed like any other input: an altered value is `corrupt`, not a crash somewhere else. */
export function parse<T extends z.ZodType>(location: string, key: string, schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw corrupt(location, `what is in ${key} is not right: ${z.prettifyError(parsed.error)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
