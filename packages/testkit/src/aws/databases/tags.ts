import type { AwsCall } from '../aws-call.js';
import { AwsFault } from '../aws-fault.js';
import type { DatabaseWorld, Handler } from './handler.js';
import { kinds } from './kinds.js';
import { required, tagsOf, texts } from './parameters.js';
import { missing, type Resource } from './resource-store.js';

/** Calls that read and change the tags of what an ARN names; services differ in the words alone. */
export function tagHandlers(words: { arn: string; list: string; badArn: string }): { list: Handler; add: Handler; remove: Handler } {
  const tagged = (call: AwsCall, world: DatabaseWorld): Resource<unknown> => {
    const arn = required(call, words.arn);
    const found = world.store.byArn(arn);
    if (found !== undefined) return found;
    const kind = Object.values(kinds).find(
      ({ type, arnPart }) => type.startsWith(`${call.service}:`) && arn.split(':').slice(5).join(':').startsWith(arnPart),
    );
    throw kind === undefined ? new AwsFault(words.badArn, `${arn} is no ARN of a resource`) : missing(kind, arn);
  };
  const listed = (resource: Resource<unknown>): { [name: string]: unknown } => ({ [words.list]: tagList(resource) });
  return {
    list: (call, world) => listed(tagged(call, world)),
    add(call, world) {
      const resource = tagged(call, world);
      for (const [key, value] of tagsOf(call.parameters)) resource.tags.set(key, value);
      return listed(resource);
    },
    remove(call, world) {
      const resource = tagged(call, world);
      for (const key of texts(call.parameters, 'TagKeys')) resource.tags.delete(key);
      return listed(resource);
    },
  };
}

export function tagList(resource: Resource<unknown>): readonly { Key: string; Value: string }[] {
  return [...resource.tags].map(([Key, Value]) => ({ Key, Value }));
}
