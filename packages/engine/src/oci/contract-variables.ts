import { HoldfastError, isHoldfastError, nearestKey, parseDuration } from '@holdfast/core';

/** What a container's environment asks of Holdfast, checked. */
export interface CheckpointContract {
  readonly intervalMs: number;
  /** Where the storage is mounted, as the container names it. Undefined: wherever the agent has it. */
  readonly imagePath: string | undefined;
  /** Relative, plain components. */
  readonly subpath: string | undefined;
  /** Logs of dumps and restores are kept. */
  readonly diagnosis: boolean;
  /** Absolute paths of the container that are left out of its snapshots. */
  readonly exclude: readonly string[];
}

/** One variable that is not right: a sentence with its name, its value and the values that would do. */
export interface ContractProblem {
  readonly variable: string;
  readonly message: string;
}

export type ContractResult =
  | { readonly mode: 'off' }
  /** `notes`: variables that are not known, each a sentence. */
  | { readonly mode: 'on'; readonly contract: CheckpointContract; readonly notes: readonly string[] }
  /** The container asks for snapshots and something of it is wrong: it starts unprotected, and is told so. */
  | { readonly mode: 'wrong'; readonly problems: readonly ContractProblem[]; readonly notes: readonly string[] };

const prefix = 'MMC_CHECKPOINT_';
const known = ['MODE', 'INTERVAL', 'IMAGE_PATH', 'IMAGE_SUBPATH', 'DIAGNOSIS'].map((name) => `${prefix}${name}`);
const excludeVariable = 'HOLDFAST_EXCLUDE';
const defaultIntervalMs = 15 * 60_000;

/** Reads the variables that begin with MMC_CHECKPOINT_, and HOLDFAST_EXCLUDE (paths, separated by colons). An empty one is as one that is not there. Pure. */
export function parseContract(environment: ReadonlyMap<string, string>): ContractResult {
  const problems: ContractProblem[] = [];
  const read = <Value>(variable: string, parse: (text: string) => Value | undefined, wanted: string): Value | undefined => {
    const text = environment.get(variable) ?? '';
    if (text === '') return undefined;
    const value = parse(text);
    if (value === undefined) problems.push({ variable, message: `${variable}=${shown(text)} is not understood: write ${wanted}` });
    return value;
  };
  const on = read(`${prefix}MODE`, modeOf, 'true or iterative for snapshots, false or none for none');
  if (on === false || (on === undefined && problems.length === 0)) return { mode: 'off' };
  const contract: CheckpointContract = {
    intervalMs: read(`${prefix}INTERVAL`, durationOf, 'a duration such as 90s, 5m or 1h30m, one second or more') ?? defaultIntervalMs,
    imagePath: read(`${prefix}IMAGE_PATH`, absolutePathOf, 'the absolute path of the storage, such as /mmc-checkpoint'),
    subpath: read(`${prefix}IMAGE_SUBPATH`, subpathOf, 'a folder below the storage, such as nextflow or team/project, without ..'),
    diagnosis: read(`${prefix}DIAGNOSIS`, booleanOf, 'true or false') ?? false,
    exclude: read(excludeVariable, pathsOf, 'absolute paths of the container, separated by colons, such as /scratch:/var/cache') ?? [],
  };
  const notes = [...environment.keys()].filter((name) => name.startsWith(prefix) && !known.includes(name)).map(unknownVariable);
  return problems.length > 0 ? { mode: 'wrong', problems, notes } : { mode: 'on', contract, notes };
}

/** All problems as one error. */
export function contractError(problems: readonly ContractProblem[]): HoldfastError {
  return new HoldfastError('HF_CONTAINER_SETTING', {
    message: problems.map(({ message }) => message).join('; '),
    kind: 'invalid-argument',
    operation: 'container.contract',
    hint: 'correct it in the job definition, or in process.containerOptions of Nextflow; docs/container-contract.md lists the variables',
  });
}

function modeOf(text: string): boolean | undefined {
  if (text === 'true' || text === 'iterative') return true;
  return text === 'false' || text === 'none' ? false : undefined;
}

function booleanOf(text: string): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** Shorter ones would keep the node busy with nothing else, and any container could ask for them. */
const shortestIntervalMs = 1000;

function durationOf(text: string): number | undefined {
  try {
    const durationMs = parseDuration(text);
    return durationMs < shortestIntervalMs ? undefined : durationMs;
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'HF_DURATION') return undefined;
    throw error;
  }
}

function absolutePathOf(text: string): string | undefined {
  const path = text.replace(/(?<=.)\/+$/, '');
  return path.startsWith('/') && isPlain(path.slice(1)) ? path : undefined;
}

function subpathOf(text: string): string | undefined {
  const path = text.replace(/\/+$/, '');
  return path !== '' && isPlain(path) ? path : undefined;
}

function pathsOf(text: string): readonly string[] | undefined {
  const paths = text.split(':').map(absolutePathOf);
  // Without the whole root file system nothing of a container would come back.
  return paths.every((path) => path !== undefined && path !== '/') ? paths.filter((path) => path !== undefined) : undefined;
}

/** No component that leads elsewhere, nothing that a file name cannot hold. */
function isPlain(path: string): boolean {
  return path.length < 1024 && !/\p{Cc}/u.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function unknownVariable(name: string): string {
  const nearest = nearestKey(name, known);
  return `${shown(name)} is no variable of Holdfast${nearest === undefined ? '' : `; ${nearest} is`}`;
}

const longestShown = 80;

function shown(text: string): string {
  return JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
}
