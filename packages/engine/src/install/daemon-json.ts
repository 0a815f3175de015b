import { isDeepStrictEqual } from 'node:util';
import { dockerSetup } from './install-errors.js';

/** The name under which Docker knows the launcher. */
export const runtimeName = 'holdfast';
/** What every Docker has. */
const plainRuntime = 'runc';

export interface DockerRuntime {
  readonly path: string;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The text of daemon.json with the runtime in it, and as the default where that is asked for; what else it says stays, in its order and indentation. The same
 * text where nothing is missing. Throws HF_DOCKER_SETUP where a runtime of this name with another path, or another default, is there. `known` is
 * what an earlier install wrote: that may be replaced. Pure.
 */
export function withRuntime(
  text: string | undefined,
  file: string,
  wanted: { readonly runtime: DockerRuntime; readonly asDefault: boolean },
  known?: DockerRuntime,
): string {
  const document = parse(text ?? '{}', file);
  const runtimes = runtimesOf(document, file);
  const there = runtimes[runtimeName];
  if (there !== undefined && !isDeepStrictEqual(there, wanted.runtime) && !isDeepStrictEqual(there, known))
    throw dockerSetup(
      file,
      `has a runtime '${runtimeName}' that is another: ${JSON.stringify(there)}`,
      'Take it out, if it is not needed, and run the line again',
    );
  const standard = document['default-runtime'];
  if (wanted.asDefault && standard !== undefined && standard !== runtimeName)
    throw dockerSetup(
      file,
      `has the default runtime ${JSON.stringify(standard)}`,
      'Take it out, or leave --default-runtime out and start containers with --runtime holdfast',
    );
  const added = {
    ...document,
    runtimes: { ...runtimes, [runtimeName]: wanted.runtime },
    ...(wanted.asDefault ? { 'default-runtime': runtimeName } : {}),
  };
  return text !== undefined && isDeepStrictEqual(added, document) ? text : write(added, text);
}

/** The text without what `withRuntime` added, the same text where that is not in it; undefined where nothing else is left. Pure. */
export function withoutRuntime(text: string, file: string, added: DockerRuntime): string | undefined {
  const document = parse(text, file);
  const runtimes = runtimesOf(document, file);
  const isDefault = document['default-runtime'] === runtimeName;
  const isThere = isDeepStrictEqual(runtimes[runtimeName], added);
  if (!isDefault && !isThere) return text;
  const left = without(document, [...(isDefault ? ['default-runtime'] : []), ...(isThere ? ['runtimes'] : [])]);
  const others = without(runtimes, [runtimeName]);
  const result = isThere && Object.keys(others).length > 0 ? { ...left, runtimes: others } : left;
  return Object.keys(result).length === 0 ? undefined : write(result, text);
}

/** The text with Docker's own runtime as the default. Pure. */
export function withPlainDefault(text: string, file: string): string {
  return write({ ...parse(text, file), 'default-runtime': plainRuntime }, text);
}

/** The text where the runtime is the default. Pure. */
export function isDefaultIn(text: string, file: string): boolean {
  return parse(text, file)['default-runtime'] === runtimeName;
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

function parse(text: string, file: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text === '' ? '{}' : text);
  } catch (cause) {
    throw dockerSetup(
      file,
      `is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Mend it: Docker itself does not start with it',
      cause,
    );
  }
  return objectOf(value) ?? refuse(file, 'holds no JSON object');
}

function runtimesOf(document: JsonObject, file: string): JsonObject {
  return document['runtimes'] === undefined ? {} : (objectOf(document['runtimes']) ?? refuse(file, "has 'runtimes' that are no JSON object"));
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function refuse(file: string, what: string): never {
  throw dockerSetup(file, what, 'Mend it: Docker itself does not start with it');
}

function write(document: JsonObject, like: string | undefined): string {
  const [, indent = '  '] = /^[{[]\r?\n([ \t]+)/u.exec(like ?? '') ?? [];
  return `${JSON.stringify(document, undefined, indent)}\n`;
}
