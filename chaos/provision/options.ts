import { parseArgs } from 'node:util';
import { type DatabaseService, databaseServices } from '@holdfast/aws-databases';

export interface ProvisionOptions {
  readonly services: readonly DatabaseService[];
  readonly json: boolean;
}

const help = `script/chaos --provision [OPTIONS]

Kills the provisioning of each database by SIGKILL after every single call of AWS, with the call's answer and without, runs it again, and
counts what there is. Then it is slow, cut, throttled and refused. AWS is a stand-in on this machine.

  --service NAME   only this one: ${databaseServices.join(', ')}; may be given several times (default: all)
  --json           one JSON object a service on stdout

  script/chaos --provision
  script/chaos --provision --service memorydb --json

Exit status 1 where something was wrong, 2 where the campaign could not be played to its end.`;

/** Undefined where only help was wanted. Throws what to tell the user. */
export function provisionOptions(words: readonly string[]): ProvisionOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      service: { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  return { services: values.service.length === 0 ? databaseServices : values.service.map(serviceOf), json: values.json };
}

function serviceOf(name: string): DatabaseService {
  const service = databaseServices.find((each) => each === name);
  if (service === undefined) throw new Error(`--service is '${name}': give one of ${databaseServices.join(', ')}`);
  return service;
}
