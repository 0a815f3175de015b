import * as z from 'zod';
import { refuse } from './values.js';

const cursorSchema = z.tuple([z.string(), z.string()]);

/** The last record of a page; the next page begins behind it, however many records came or went meanwhile. */
export interface JobCursor {
  readonly updatedAt: string;
  readonly job: string;
}

export function writeCursor(cursor: JobCursor): string {
  return Buffer.from(JSON.stringify([cursor.updatedAt, cursor.job])).toString('base64url');
}

export function readCursor(text: string): JobCursor {
  const parts = cursorSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
  if (parts.success) return { updatedAt: parts.data[0], job: parts.data[1] };
  throw refuse(`'${text}' is no cursor`, 'Give the nextCursor of the page before, unchanged');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
