import { AwsFault } from '../aws-fault.js';
import type { Structure } from '../write-xml.js';
import type { Handler } from './handler.js';
import type { Kind } from './kinds.js';
import { type Subnet, subnetsOf } from './network.js';
import { requiredName, tagsOf, text, texts } from './parameters.js';
import type { Resource } from './resource-store.js';

export interface KeptSubnetGroup {
  readonly description: string;
  readonly subnets: readonly Subnet[];
}

/** What differs between the three services' groups of subnets. */
export interface SubnetGroupWords {
  readonly kind: Kind;
  readonly name: string;
  readonly description: string;
  readonly one: string;
  readonly many: string;
  readonly inUse: string;
  /** How many zones the subnets must lie in. */
  readonly zones: number;
  readonly write: (group: Resource<KeptSubnetGroup>) => Structure;
  /** Whether something that is there lies in it. */
  readonly isUsed: (name: string, call: Parameters<Handler>[0], world: Parameters<Handler>[1]) => boolean;
  /** Whether the answer to a deletion holds what was deleted. */
  readonly answersDeletion: boolean;
}

export function subnetGroupHandlers(words: SubnetGroupWords): { create: Handler; describe: Handler; remove: Handler } {
  const { kind } = words;
  return {
    async create(call, { store, moto }) {
      const name = requiredName(call, words.name);
      store.refuseExisting(kind, call.region, name);
      const subnets = await subnetsOf(call, moto, texts(call.parameters, 'SubnetIds'));
      if (new Set(subnets.map(({ zone }) => zone)).size < words.zones) {
        throw new AwsFault(
          'DBSubnetGroupDoesNotCoverEnoughAZs',
          `The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Add subnets to cover at least ${words.zones} AZs.`,
        );
      }
      const description = text(call.parameters, words.description) ?? '';
      const group = store.add<KeptSubnetGroup>(kind, call.region, name, tagsOf(call.parameters), { description, subnets });
      return { [words.one]: words.write(group) };
    },
    describe(call, { store }) {
      const shown = store.look<KeptSubnetGroup>(kind, call.region, text(call.parameters, words.name)?.toLowerCase());
      return { [words.many]: shown.map(({ resource }) => words.write(resource)) };
    },
    remove(call, world) {
      const name = requiredName(call, words.name);
      const group = world.store.get<KeptSubnetGroup>(kind, call.region, name);
      if (words.isUsed(name, call, world)) throw new AwsFault(words.inUse, `${kind.word} ${name} is currently in use.`);
      group.lifecycle.remove();
      return words.answersDeletion ? { [words.one]: words.write(group) } : {};
    },
  };
}
