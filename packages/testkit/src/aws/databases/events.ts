import type { Handler } from './handler.js';
import { text } from './parameters.js';

/** What a service tells of the resources that failed, with the reason that was scripted. `sourceTypes` are its words for their kinds. */
export function eventsHandler(service: string, sourceTypes: Readonly<Record<string, string>>): Handler {
  return (call, { store }) => {
    const named = (text(call.parameters, 'SourceIdentifier') ?? text(call.parameters, 'SourceName'))?.toLowerCase();
    const failed = store.everything().filter(({ kind, name, region, lifecycle }) => {
      const isAsked = kind.type.startsWith(`${service}:`) && region === call.region && (named ?? name) === name;
      return isAsked && lifecycle.phase() === 'failed';
    });
    return {
      Events: failed.map(({ kind, name, arn, made, lifecycle }) => ({
        [service === 'memorydb' ? 'SourceName' : 'SourceIdentifier']: name,
        SourceType: sourceTypes[kind.type],
        Message: lifecycle.plan.fails?.reason,
        Date: made,
        SourceArn: service === 'rds' ? arn : undefined,
      })),
    };
  };
}
