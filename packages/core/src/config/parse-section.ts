import type * as z from 'zod';
import { HoldfastError } from '../errors/holdfast-error.js';
import { deepFreeze } from './deep-freeze.js';
import { knownKeys, nearestKey } from './known-keys.js';

export interface SectionPlace {
  /** The section inside the document: `storage`. Absent for the whole document. */
  readonly section?: string;
  /** The file that it was read from, for messages. */
  readonly file?: string | undefined;
  /** What would do, where the wrong value's own hint says nothing better. */
  readonly hint?: string;
}

/**
 * Parses a part of the configuration: complete and deeply frozen, or HF_CONFIG naming the path inside the document, the value and what would do.
 *
 * Values of keys that sound secret are never repeated in a message.
 */
export function parseConfigSection<Output>(schema: z.ZodType<Output>, value: unknown, place: SectionPlace = {}): Output {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return deepFreeze(parsed.data);
  const said = parsed.error.issues.map((issue) => describe(schema, issue, place));
  const [first] = said;
  const file = place.file === undefined ? '' : `${place.file}: `;
  const hint = first?.hint ?? place.hint;
  throw new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message: `${file}${said.map(({ message }) => message).join('; ')}`,
    operation: 'config.parse',
    context: { ...(place.file === undefined ? {} : { file: place.file }), ...(first === undefined ? {} : { path: first.path }) },
    ...(hint === undefined ? {} : { hint }),
    // Not the schema library's own error: its issues hold the values, which may be secret.
  });
}

interface Description {
  readonly path: string;
  readonly message: string;
  readonly hint: string | undefined;
}

function describe(schema: z.ZodType, issue: z.core.$ZodIssue, place: SectionPlace): Description {
  const inside = [...(place.section === undefined ? [] : [place.section]), ...issue.path.map(String)];
  const path = inside.join('.');
  const named = path === '' ? 'The configuration' : `'${path}'`;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(schema, issue.path);
      const [key = ''] = issue.keys;
      const nearest = nearestKey(key, known);
      const all = issue.keys.map((unknown) => `'${[...inside, unknown].join('.')}'`).join(', ');
      const hint = `Known here: ${known.join(', ')}`;
      return {
        path: [...inside, key].join('.'),
        message: `${all} is no known key${nearest === undefined ? '' : `: did you mean '${nearest}'?`}`,
        hint,
      };
    }
    case 'invalid_type':
      if (issue.input === undefined) return { path, message: `${named} is missing`, hint: undefined };
      return { path, message: `${named} is ${show(issue.input, path)}, which is no ${issue.expected}`, hint: undefined };
    case 'invalid_value': {
      const hint = `Write one of ${issue.values.map((known) => `'${String(known)}'`).join(', ')}`;
      return { path, message: `${named} is ${show(issue.input, path)}, which is none of its values`, hint };
    }
    case 'custom': {
      const hint: unknown = issue.params?.['hint'];
      return { path, message: `${named}: ${issue.message}`, hint: typeof hint === 'string' ? hint : undefined };
    }
    case 'invalid_format':
      return { path, message: `${named}: ${issue.message}`, hint: undefined };
    case 'too_big':
    case 'too_small':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    default:
      return { path, message: `${named} is ${show(issue.input, path)}: ${issue.message}`, hint: undefined };
  }
}

function show(value: unknown, path: string): string {
  if (/password|secret|token|credential|key/iu.test(path)) return 'a value';
  const text = JSON.stringify(value);
  return text === undefined ? String(value) : text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
