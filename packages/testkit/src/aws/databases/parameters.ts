import type { AwsCall, Parameters } from '../aws-call.js';
import { AwsFault } from '../aws-fault.js';

/** A parameter that is there as text; undefined where it is not. */
export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A parameter that the call cannot do without. */
export function required(call: AwsCall, name: string): string {
  const value = text(call.parameters, name);
  if (value === undefined) throw invalid(call, `The parameter ${name} must be provided and must not be blank.`);
  return value;
}

/** The name of a resource: AWS keeps it in lower case. */
export function requiredName(call: AwsCall, name: string): string {
  const value = required(call, name).toLowerCase();
  if (/^[a-z][a-z0-9-]*$/.test(value) && !value.endsWith('-') && !value.includes('--')) return value;
  throw invalid(
    call,
    `The parameter ${name} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, \
digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
  );
}

export function numberOf(parameters: Parameters, name: string, otherwise: number): number {
  const value = parameters[name];
  return value === undefined ? otherwise : Number(value);
}

/** A yes or no, in JSON or in the words of the query protocols. */
export function flag(parameters: Parameters, name: string, otherwise: boolean): boolean {
  const value = parameters[name];
  return value === undefined ? otherwise : value === true || value === 'true';
}

export function texts(parameters: Parameters, name: string): readonly string[] {
  const value = parameters[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A list of objects. */
export function records(parameters: Parameters, name: string): readonly Parameters[] {
  const value = parameters[name];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function record(parameters: Parameters, name: string): Parameters {
  const value = parameters[name];
  return isRecord(value) ? value : {};
}

export function tagsOf(parameters: Parameters): ReadonlyMap<string, string> {
  return new Map(records(parameters, 'Tags').map((tag) => [text(tag, 'Key') ?? '', text(tag, 'Value') ?? '']));
}

/** A value that the service does not take, in the word of its protocol. */
export function invalid(call: AwsCall, message: string): AwsFault {
  return new AwsFault(call.protocol === 'json' ? 'InvalidParameterValueException' : 'InvalidParameterValue', message);
}

/** Values that do not go together. */
export function contrary(call: AwsCall, message: string): AwsFault {
  return new AwsFault(call.protocol === 'json' ? 'InvalidParameterCombinationException' : 'InvalidParameterCombination', message);
}

function isRecord(value: unknown): value is Parameters {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
