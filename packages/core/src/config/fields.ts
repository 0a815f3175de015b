import { isAbsolute, normalize } from 'node:path';
import * as z from 'zod';
import { isHoldfastError } from '../errors/holdfast-error.js';
import { maxAgeMs, maxDurationMs, parseDuration } from '../units/duration.js';
import { parseSize } from '../units/size.js';

/** A duration such as `5m`, read as milliseconds. */
export function durationField(description: string): z.ZodType<number, string> {
  return timeField(description, maxDurationMs);
}

/** A duration that nobody waits for, so that it may be longer than a timer takes: `30d`. */
export function ageField(description: string): z.ZodType<number, string> {
  return timeField(description, maxAgeMs);
}

function timeField(description: string, mostMs: number): z.ZodType<number, string> {
  return z
    .string()
    .meta({ description: `${description} A duration such as 250ms, 90s, 5m or 1h30m.`, pattern: '^(\\d+d)?(\\d+h)?(\\d+m(?!s))?(\\d+s)?(\\d+ms)?$' })
    .transform((text, context) => {
      try {
        return parseDuration(text, mostMs);
      } catch (error) {
        if (!isHoldfastError(error)) throw error;
        context.issues.push({ code: 'custom', input: text, message: error.message, params: { hint: error.hint } });
        return z.NEVER;
      }
    });
}

/** A size such as `500GiB`, read as bytes. */
export function sizeField(description: string): z.ZodType<number, string> {
  return z
    .string()
    .meta({ description: `${description} A size such as 512MiB, 1.5TiB or 500GB.`, pattern: '^\\d+(\\.\\d+)?[A-Za-z]+$' })
    .transform((text, context) => {
      try {
        return parseSize(text);
      } catch (error) {
        if (!isHoldfastError(error)) throw error;
        context.issues.push({ code: 'custom', input: text, message: error.message, params: { hint: error.hint } });
        return z.NEVER;
      }
    });
}

/** A path that means the same from every working directory. */
export function absolutePathField(description: string): z.ZodType<string, string> {
  return z
    .string()
    .refine((path) => isAbsolute(path) && !path.includes('\0'), { error: (issue) => `'${String(issue.input)}' is no absolute path` })
    .refine((path) => !isOfTheKernel(path), { error: (issue) => `'${String(issue.input)}' lies on a file system of the kernel's own` })
    .meta({ description });
}

/** Nothing can be made there, and Node's recursive mkdir never ends trying. */
function isOfTheKernel(path: string): boolean {
  return /^\/(proc|sys)(\/|$)/u.test(normalize(path));
}
