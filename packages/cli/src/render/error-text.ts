import type { HoldfastError } from '@holdfast/core';
import { escapeText } from './escape-text.js';

/** What people read: the sentence, the remedy, where more is written. The first line gets the printer's prefix. */
export function errorLines(error: Pick<HoldfastError, 'code' | 'message' | 'hint'>): readonly string[] {
  return [
    escapeText(error.message),
    ...(error.hint === undefined ? [] : [`  remedy: ${escapeText(error.hint)}`]),
    `  code: ${error.code}  (docs/errors.md#${error.code.toLowerCase()})`,
  ];
}

/** What scripts read. */
export function errorDocument(error: HoldfastError): { readonly error: Readonly<Record<string, unknown>> } {
  const { code, kind, message, hint, context } = error;
  return { error: { code, kind, message, hint: hint ?? null, context } };
}
