import type { AwsCall } from './aws-call.js';
import type { LifecyclePlan } from './lifecycle.js';
import { type CallRule, type Effect, meansCall, type ResourceRule, type ResourceType, type Rule, type ScriptedRule } from './rule.js';

interface Entry<Kind extends Rule> {
  readonly rule: Kind;
  /** Whether what the rule waits for has happened. */
  armed: boolean;
  /** Calls that fitted, the skipped ones among them. */
  seen: number;
  used: number;
}

/** The rules that are in force, in the order they were given. */
export class RuleBook {
  #calls: Entry<CallRule>[] = [];
  #resources: Entry<ResourceRule>[] = [];

  add(rule: Rule): ScriptedRule {
    if ('on' in rule) {
      const entry = { rule, armed: rule.after === undefined, seen: 0, used: 0 };
      this.#calls.push(entry);
      return scripted(entry, () => (this.#calls = this.#calls.filter((each) => each !== entry)));
    }
    const entry = { rule, armed: true, seen: 0, used: 0 };
    this.#resources.push(entry);
    return scripted(entry, () => (this.#resources = this.#resources.filter((each) => each !== entry)));
  }

  clear(): void {
    this.#calls = [];
    this.#resources = [];
  }

  /** What is to happen at a call: delays, and after them at most one that ends it. It counts as having happened. */
  effectsAt(call: AwsCall): readonly Effect[] {
    const effects: Effect[] = [];
    for (const entry of this.#calls) {
      const { effect } = entry.rule;
      if (!entry.armed || !fits(entry.rule, call)) continue;
      entry.seen += 1;
      if (entry.seen <= (entry.rule.skip ?? 0) || entry.used >= (entry.rule.times ?? 1)) continue;
      entry.used += 1;
      effects.push(effect);
      if (effect.kind !== 'delay') break;
    }
    return effects;
  }

  /** A call had its effect: rules that waited for it are in force. */
  succeeded(call: AwsCall): void {
    for (const entry of this.#calls) entry.armed ||= meansCall(entry.rule.after ?? '', nameOf(call));
  }

  /** What is to become of a resource that is made now. */
  planFor(type: ResourceType, name: string): LifecyclePlan {
    const fitting = ({ rule, used }: Entry<ResourceRule>): boolean =>
      rule.of === type && (rule.named ?? name) === name && used < (rule.times ?? Number.POSITIVE_INFINITY);
    const entry = this.#resources.find(fitting);
    if (entry === undefined) return {};
    entry.used += 1;
    return entry.rule;
  }
}

function nameOf(call: AwsCall): string {
  return `${call.service}:${call.operation}`;
}

function fits(rule: CallRule, call: AwsCall): boolean {
  return meansCall(rule.on, nameOf(call)) && (rule.resource === undefined || rule.resource === call.resource);
}

function scripted(entry: Entry<Rule>, remove: () => void): ScriptedRule {
  return { used: () => entry.used, [Symbol.dispose]: remove };
}
