import { parseArgs } from 'node:util';
import { type DatabaseService, databaseServices } from '@holdfast/aws-databases';

export const provisionParts = ['moods', 'rights', 'kills', 'killsOfRemoval'] as const;

export interface ProvisionOptions {
  readonly services: readonly DatabaseService[];
  readonly storage: 'juicefs' | undefined;
  readonly parts: readonly (typeof provisionParts)[number][];
  /** Of each call that is killed after: both with its answer and without, or in turns. */
  readonly answers: 'each' | 'either';
  readonly json: boolean;
}

const help = `script/chaos --provision [OPTIONS]

Kills the provisioning of each database by SIGKILL after every single call of AWS, with the call's answer and without, runs it again, and
counts what there is. Then it is slow, cut, throttled and refused. AWS is a stand-in on this machine.

  --storage juicefs  of a volume with its bucket and its database, by the real command: holdfast storage provision and destroy
  --service NAME     only this one: ${databaseServices.join(', ')}; may be given several times (default: all)
  --part NAME        only this one: ${provisionParts.join(', ')}; may be given several times (default: all)
  --answers either   after every other call with its answer, else without, in half the time (default: each, both)
  --json             one JSON object a service on stdout

  script/chaos --provision
  script/chaos --provision --storage juicefs --service memorydb --json

Exit status 1 where something was wrong, 2 where the campaign could not be played to its end.`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function provisionOptions(words: readonly string[]): ProvisionOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      storage: { type: 'string' },
      service: { type: 'string', multiple: true, default: [] },
      part: { type: 'string', multiple: true, default: [] },
      answers: { type: 'string', default: 'each' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  const { storage } = values;
  if (storage !== undefined && storage !== 'juicefs') throw new Error(`--storage is '${storage}': give juicefs`);
  return {
    storage,
    services: values.service.length === 0 ? databaseServices : values.service.map((name) => oneOf('--service', name, databaseServices)),
    parts: values.part.length === 0 ? provisionParts : values.part.map((name) => oneOf('--part', name, provisionParts)),
    answers: oneOf('--answers', values.answers, ['each', 'either']),
    json: values.json,
  };
}

function oneOf<Name extends string>(option: string, given: string, names: readonly Name[]): Name {
  const found = names.find((each) => each === given);
  if (found === undefined) throw new Error(`${option} is '${given}': give one of ${names.join(', ')}`);
  return found;
}
