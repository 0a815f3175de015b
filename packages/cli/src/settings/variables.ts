import { HoldfastError } from '@holdfast/core/basics';
import type { OptionDefinition } from '../line/option-definition.js';
import type { GivenValue, GivenValues } from '../line/values.js';

export type Environment = Readonly<Record<string, string>>;

/** Adds what variables say to what the line says; the line wins. An empty variable counts as absent. Throws HF_USAGE. */
export function withVariables(line: GivenValues, definitions: readonly OptionDefinition[], environment: Environment): GivenValues {
  const values = new Map<string, GivenValue>();
  for (const definition of definitions) {
    const { name, insteadOf } = definition;
    const isDecided = insteadOf !== undefined && line.has(insteadOf);
    const variable = isDecided ? undefined : definition.variable;
    const text = variable === undefined ? undefined : environment[variable];
    const given = line.get(name) ?? (variable === undefined || text === undefined || text === '' ? undefined : fromText(definition, variable, text));
    if (given !== undefined) values.set(name, given);
  }
  return values;
}

function fromText(definition: OptionDefinition, variable: string, text: string): GivenValue {
  if (definition.value === undefined) return { origin: variable, value: switchOf(definition, variable, text) };
  if (definition.repeatedBy === undefined) return { origin: variable, value: text };
  return { origin: variable, value: text.split(definition.repeatedBy).filter((part) => part !== '') };
}

function switchOf(definition: OptionDefinition, variable: string, text: string): number {
  if (text === 'true') return 1;
  if (text === 'false') return 0;
  const most = definition.counted === true ? 2 : 1;
  const count = /^\d$/u.test(text) ? Number(text) : Number.NaN;
  if (count <= most) return count;
  throw new HoldfastError('HF_USAGE', {
    kind: 'invalid-argument',
    message: `${variable} is '${text}', which is neither on nor off`,
    hint: definition.counted === true ? 'Set it to 0, 1 or 2' : 'Set it to true or false, 1 or 0',
    context: { variable },
  });
}
