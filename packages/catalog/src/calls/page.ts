import type { Page } from '@holdfast/core';
import { positive } from './values.js';

const defaultLimit = 100;
const mostLimit = 1000;

/** How many rows to ask for: one more than the page, to know whether there is a next one. */
export function rowsWanted(limit: number | undefined): number {
  return positive('limit', limit ?? defaultLimit, mostLimit) + 1;
}

/** Makes the page of the rows that were asked for. */
export function pageOf<Row, Item>(rows: readonly Row[], wanted: number, read: (row: Row) => Item, cursorAfter: (last: Row) => string): Page<Item> {
  const own = rows.slice(0, wanted - 1);
  const last = own.at(-1);
  return { items: own.map(read), nextCursor: last !== undefined && rows.length === wanted ? cursorAfter(last) : undefined };
}
