import { HoldfastError, isHoldfastError, maxAgeMs, parseDuration } from '@holdfast/core/basics';
import type { GivenValue, GivenValues } from '../line/values.js';
import { parseSnapshotWord, type SnapshotWord } from './snapshot-word.js';

export function isOn(values: GivenValues, name: string): boolean {
  return countOf(values, name) > 0;
}

/** How often a switch was given. */
export function countOf(values: GivenValues, name: string): number {
  const value = values.get(name)?.value;
  return typeof value === 'number' ? value : 0;
}

/** An empty text is refused: it is a mistake of a script, such as an unset variable. */
export function textOf(values: GivenValues, name: string): string | undefined {
  const given = values.get(name);
  if (given === undefined || typeof given.value !== 'string') return undefined;
  if (given.value === '') throw refuse(given, 'is empty', 'Leave it out, or give a value');
  return given.value;
}

export function textsOf(values: GivenValues, name: string): readonly string[] | undefined {
  const given = values.get(name);
  if (given === undefined || !Array.isArray(given.value)) return undefined;
  const texts = given.value as readonly string[];
  if (texts.includes('')) throw refuse(given, 'is empty', 'Leave it out, or give a value');
  return texts;
}

/** The duration as it was written, once it is known to be one. */
export function durationOf(values: GivenValues, name: string): string | undefined {
  const given = values.get(name);
  const text = textOf(values, name);
  if (given === undefined || text === undefined) return undefined;
  try {
    parseDuration(text);
    return text;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    throw new HoldfastError(error.code, {
      kind: error.kind,
      message: `${given.origin}: ${error.message}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      context: { origin: given.origin, value: text },
    });
  }
}

/** A point in time: an age such as `2h` before now, or an instant such as `2026-11-22T14:00:00Z` or `2026-11-22`. As `Date` writes it. */
export function instantOf(values: GivenValues, name: string, now: Date): string | undefined {
  const given = values.get(name);
  const text = textOf(values, name);
  if (given === undefined || text === undefined) return undefined;
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/u.test(text);
  const time = isDate ? Date.parse(text) : now.getTime() - ageOf(given, text);
  if (Number.isNaN(time))
    throw refuse(given, `is no point in time: '${text}'`, 'Write an age such as 2h or 7d, or a time such as 2026-11-22T14:00:00Z');
  return new Date(time).toISOString();
}

function ageOf(given: GivenValue, text: string): number {
  try {
    return parseDuration(text, maxAgeMs);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    throw refuse(given, `is no point in time: '${text}'`, 'Write an age such as 2h or 7d, or a time such as 2026-11-22T14:00:00Z');
  }
}

export function wholeNumberOf(values: GivenValues, name: string): number | undefined {
  const given = values.get(name);
  const text = textOf(values, name);
  if (given === undefined || text === undefined) return undefined;
  const number = /^\d{1,9}$/u.test(text) ? Number(text) : 0;
  if (number < 1) throw refuse(given, `must be a whole number from 1 on, not '${text}'`, 'Write a number such as 3');
  return number;
}

export function choiceOf<Choice extends string>(values: GivenValues, name: string, choices: readonly Choice[]): Choice | undefined {
  const given = values.get(name);
  const text = textOf(values, name);
  if (given === undefined || text === undefined) return undefined;
  const choice = choices.find((known) => known === text);
  if (choice === undefined) throw refuse(given, `must be ${listOf(choices)}, not '${text}'`, 'Write one of these words');
  return choice;
}

function listOf(choices: readonly string[]): string {
  return [choices.slice(0, -1).join(', '), ...choices.slice(-1)].filter(Boolean).join(' or ');
}

/** Labels written as `name=value`; the same name twice is refused. */
export function labelsOf(values: GivenValues, name: string): Readonly<Record<string, string>> | undefined {
  const given = values.get(name);
  const texts = textsOf(values, name);
  if (given === undefined || texts === undefined) return undefined;
  const labels = new Map<string, string>();
  for (const text of texts) {
    const label = splitLabel(given, text);
    if (labels.has(label.name)) throw refuse(given, `gives two values to '${label.name}'`, 'Give each name once');
    labels.set(label.name, label.value);
  }
  return Object.fromEntries(labels);
}

export function labelOf(values: GivenValues, name: string): { readonly name: string; readonly value: string } | undefined {
  const given = values.get(name);
  const text = textOf(values, name);
  return given === undefined || text === undefined ? undefined : splitLabel(given, text);
}

/** A job, and a snapshot of it where one is named: `align-7`, `align-7@12`. */
export function sourceOf(values: GivenValues, name: string): SnapshotWord | undefined {
  const given = values.get(name);
  const text = textOf(values, name);
  return given === undefined || text === undefined ? undefined : parseSnapshotWord(text, given.origin);
}

function splitLabel(given: GivenValue, text: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw refuse(given, `must be a name and a value joined by '=', not '${text}'`, 'Write it like team=genomics');
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}

function refuse(given: GivenValue, why: string, hint: string): HoldfastError {
  return new HoldfastError('HF_USAGE', { kind: 'invalid-argument', message: `${given.origin} ${why}`, hint, context: { origin: given.origin } });
}
