import { isHoldfastError } from '@holdfast/core/basics';
import { errorDocument } from './error-text.js';

/** One line. Absent fields are null, so that every document of a kind has the same keys; errors have the form of error documents. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (isHoldfastError(field)) return errorDocument(field).error;
    return field === undefined ? null : field;
  });
}
