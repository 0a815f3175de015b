import { AwsFault } from '../aws-fault.js';
import type { Structure } from '../write-xml.js';
import type { Handler } from './handler.js';
import type { Kind } from './kinds.js';
import { records, required, requiredName, tagsOf, text } from './parameters.js';
import type { Resource, ResourceStore } from './resource-store.js';

export interface KeptParameterGroup {
  readonly family: string;
  readonly description: string;
  readonly values: Map<string, string>;
}

/** What differs between the three services' groups of parameters. */
export interface ParameterGroupWords {
  readonly kind: Kind;
  readonly name: string;
  readonly family: string;
  readonly one: string;
  readonly many: string;
  /** The list of values in a change, and whether those are answered with a group or its name alone. */
  readonly changes: string;
  readonly inUse: string;
  /** What groups hold that AWS made, as far as it matters here. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly write: (group: Resource<KeptParameterGroup>) => Structure;
  readonly writeValue: (name: string, value: string) => Structure;
  readonly answer: (group: Resource<KeptParameterGroup>) => Structure;
  readonly answerDeletion: (group: Resource<KeptParameterGroup>) => Structure;
  readonly isUsed: (name: string, call: Parameters<Handler>[0], world: Parameters<Handler>[1]) => boolean;
}

type GroupHandlers = Readonly<Record<'create' | 'change' | 'describe' | 'values' | 'remove', Handler>>;

export function parameterGroupHandlers(words: ParameterGroupWords): GroupHandlers {
  const { kind } = words;
  return {
    create(call, { store }) {
      const name = requiredName(call, words.name);
      const kept = { family: required(call, words.family), description: text(call.parameters, 'Description') ?? '', values: new Map() };
      return { [words.one]: words.write(store.add<KeptParameterGroup>(kind, call.region, name, tagsOf(call.parameters), kept)) };
    },
    change(call, { store }) {
      const group = store.get<KeptParameterGroup>(kind, call.region, requiredName(call, words.name));
      for (const each of records(call.parameters, words.changes)) {
        group.kept.values.set(text(each, 'ParameterName') ?? '', text(each, 'ParameterValue') ?? '');
      }
      return words.answer(group);
    },
    describe(call, { store }) {
      const shown = store.look<KeptParameterGroup>(kind, call.region, text(call.parameters, words.name)?.toLowerCase());
      return { [words.many]: shown.map(({ resource }) => words.write(resource)) };
    },
    values(call, { store }) {
      const name = required(call, words.name).toLowerCase();
      const values = isOfAws(name) ? Object.entries(words.defaults) : [...store.get<KeptParameterGroup>(kind, call.region, name).kept.values];
      return { Parameters: values.map(([parameter, value]) => words.writeValue(parameter, value)) };
    },
    remove(call, world) {
      const name = requiredName(call, words.name);
      const group = world.store.get<KeptParameterGroup>(kind, call.region, name);
      if (words.isUsed(name, call, world)) throw new AwsFault(words.inUse, `One or more database instances are still members of ${name}.`);
      group.lifecycle.remove();
      return words.answerDeletion(group);
    },
  };
}

function isOfAws(name: string): boolean {
  return name.startsWith('default.');
}

/** Throws where a group is named that neither AWS nor anybody else made. */
export function requireParameterGroup(store: ResourceStore, kind: Kind, region: string, name: string | undefined): void {
  if (name === undefined || isOfAws(name)) return;
  store.get(kind, region, name);
}
