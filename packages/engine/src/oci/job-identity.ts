import { HoldfastError } from '@holdfast/core';

export interface JobIdentity {
  readonly job: string;
  readonly source: 'HOLDFAST_JOB' | 'AWS_BATCH_JOB_ID' | 'container-name';
}

export interface IdentityOptions {
  /** The container's own name, as Docker has it, with or without its slash; else its id. Undefined where Docker did not tell: it may be called anything. */
  readonly containerName: string | undefined;
  /** From the agent's configuration: jobs of other namespaces cannot be named by a container. Letters, digits, `_` and `-`. */
  readonly namespace?: string | undefined;
}

const longestName = 128;

/**
 * The name under which a container's job goes on in a later container. Throws HF_CONTAINER_SETTING where HOLDFAST_JOB cannot be one. The array index
 * of AWS Batch belongs to the name, whether the job's id has it already (`ID:3`) or not.
 */
export function jobIdentity(environment: ReadonlyMap<string, string>, { containerName, namespace }: IdentityOptions): JobIdentity {
  if (namespace !== undefined && !/^[A-Za-z0-9_-]{1,32}$/.test(namespace)) throw wrongNamespace(namespace);
  // A dot is in no namespace, so the first one ends it: no other pair of namespace and name gives the same job.
  const lead = namespace === undefined ? '' : `${namespace}.`;
  const named = environment.get('HOLDFAST_JOB') ?? '';
  if (named !== '') return { job: lead + checkedName(named, longestName - lead.length), source: 'HOLDFAST_JOB' };
  const batchId = environment.get('AWS_BATCH_JOB_ID') ?? '';
  if (batchId === '' && containerName === undefined) throw namelessContainer();
  const plain = batchId === '' ? (containerName ?? '').replace(/^\/+/, '') : batchJob(batchId, environment.get('AWS_BATCH_JOB_ARRAY_INDEX') ?? '');
  const job = plain.replaceAll(/[^A-Za-z0-9._-]/g, '-').replace(/^\.+/, '');
  if (job === '' || lead.length + job.length > longestName)
    throw wrongName(batchId === '' ? (containerName ?? '') : batchId, longestName - lead.length);
  return { job: lead + job, source: batchId === '' ? 'container-name' : 'AWS_BATCH_JOB_ID' };
}

function batchJob(id: string, arrayIndex: string): string {
  return arrayIndex === '' || id.endsWith(`:${arrayIndex}`) ? id : `${id}:${arrayIndex}`;
}

function checkedName(name: string, longest: number): string {
  if (name.length <= longest && /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) return name;
  throw new HoldfastError('HF_CONTAINER_SETTING', {
    message: `HOLDFAST_JOB=${JSON.stringify(name.slice(0, 80))} cannot name a job`,
    kind: 'invalid-argument',
    operation: 'container.identity',
    hint: `use 1 to ${longest} letters, digits, dots, underscores and hyphens, not beginning with a dot`,
  });
}

function wrongName(name: string, longest: number): HoldfastError {
  return new HoldfastError('HF_CONTAINER_SETTING', {
    message: `${JSON.stringify(name.slice(0, 80))} makes no name of a job`,
    kind: 'invalid-argument',
    operation: 'container.identity',
    hint: `name the job by HOLDFAST_JOB: 1 to ${longest} letters, digits, dots, underscores and hyphens`,
  });
}

function namelessContainer(): HoldfastError {
  return new HoldfastError('HF_CONTAINER_SETTING', {
    message: "the container's name is its job's, and Docker did not tell it in time",
    kind: 'unavailable',
    operation: 'container.identity',
    hint: 'name the job by HOLDFAST_JOB, which needs no answer of Docker',
  });
}

function wrongNamespace(namespace: string): HoldfastError {
  return new HoldfastError('HF_CONFIG', {
    message: `${JSON.stringify(namespace)} cannot be a namespace of jobs`,
    kind: 'invalid-argument',
    operation: 'container.identity',
    hint: 'use 1 to 32 letters, digits, underscores and hyphens',
  });
}
