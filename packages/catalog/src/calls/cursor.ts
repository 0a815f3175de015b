import * as z from 'zod';
import { instant } from './argument-schemas.js';
import { refuse } from './values.js';

/**
 * The last record of a page, by what its list is sorted by; the next page begins behind it, however many records came or went meanwhile.
 * Each list has a form of its own, so that another's cursor is refused.
 */
export interface CursorForm<Position> {
  write(last: Position): string;
  /** Throws `invalid-argument`. Undefined: the first page. */
  read(text: string | undefined): Position | undefined;
}

export const jobCursor: CursorForm<[updatedAt: string, job: string]> = form(z.tuple([instant, z.string()]));
export const checkpointCursor: CursorForm<[list: 'checkpoint', number: number]> = form(z.tuple([z.literal('checkpoint'), z.int()]));
export const eventCursor: CursorForm<[list: 'event', at: string, id: number]> = form(z.tuple([z.literal('event'), instant, z.int()]));

function form<Position>(schema: z.ZodType<Position>): CursorForm<Position> {
  return {
    write: (last) => Buffer.from(JSON.stringify(last)).toString('base64url'),
    read: (text) => {
      if (text === undefined) return undefined;
      const parsed = schema.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
      if (parsed.success) return parsed.data;
      throw refuse(`'${text}' is no cursor of this list`, 'Give the nextCursor of the page before, unchanged');
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
