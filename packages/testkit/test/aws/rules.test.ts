import { describe, expect, it } from 'vitest';
import type { AwsCall } from '../../src/aws/aws-call.js';
import { Lifecycle } from '../../src/aws/lifecycle.js';
import type { Effect } from '../../src/aws/rule.js';
import { RuleBook } from '../../src/aws/rule-book.js';

const call = (operation: string, resource = 'r'): AwsCall => ({
  service: 'rds',
  operation,
  protocol: 'query',
  region: 'r',
  resource,
  parameters: {},
});
const deny: Effect = { kind: 'deny' };
const cut: Effect = { kind: 'cut', when: 'after' };
const delay: Effect = { kind: 'delay', ms: 1 };

describe('rules for calls', () => {
  it('happen once where nothing else is said, at the call that they name', () => {
    const book = new RuleBook();
    const rule = book.add({ on: 'rds:CreateDBInstance', effect: deny });
    const seen = ['DescribeDBInstances', 'CreateDBInstance', 'CreateDBInstance'].map((operation) => book.effectsAt(call(operation)));
    expect([seen, rule.used()]).toEqual([[[], [deny], []], 1]);
  });

  it('let some calls pass first, and end after some', () => {
    const book = new RuleBook();
    book.add({ on: 'rds:Describe*', skip: 1, times: 2, effect: deny });
    expect([1, 2, 3, 4].map(() => book.effectsAt(call('DescribeEvents')).length)).toEqual([0, 1, 1, 0]);
  });

  it('add delays to the first effect that ends the call, and keep the others for later', () => {
    const book = new RuleBook();
    for (const effect of [delay, deny, cut]) book.add({ on: '*', effect });
    expect([1, 2, 3].map(() => book.effectsAt(call('X')))).toEqual([[delay, deny], [cut], []]);
  });

  it('wait for another call, mean one resource, and are taken back', () => {
    const book = new RuleBook();
    const rule = book.add({ on: 'rds:X', resource: 'a', after: 'rds:Create*', times: Number.POSITIVE_INFINITY, effect: deny });
    expect(book.effectsAt(call('X', 'a'))).toEqual([]);
    book.succeeded(call('CreateDBInstance'));
    expect([book.effectsAt(call('X', 'b')), book.effectsAt(call('X', 'a'))]).toEqual([[], [deny]]);
    rule[Symbol.dispose]();
    expect(book.effectsAt(call('X', 'a'))).toEqual([]);
  });
});

describe('rules for resources', () => {
  it('mean the kind and the name, so many times', () => {
    const book = new RuleBook();
    const rule = { of: 'rds:DBInstance', named: 'a', times: 1, creating: { polls: 1 } } as const;
    book.add(rule);
    expect([book.planFor('rds:DBInstance', 'b'), book.planFor('memorydb:Cluster', 'a')]).toEqual([{}, {}]);
    expect([book.planFor('rds:DBInstance', 'a'), book.planFor('rds:DBInstance', 'a')]).toEqual([rule, {}]);
  });
});

describe('Lifecycle', () => {
  it('is ready at the first look where nothing else is said, and gone after its deletion', () => {
    const lifecycle = new Lifecycle({}, () => 0);
    expect([lifecycle.phase(), lifecycle.look()]).toEqual(['ready', 'ready']);
    lifecycle.remove();
    expect(lifecycle.phase()).toBe('gone');
  });

  it('counts looks, and no other calls', () => {
    const lifecycle = new Lifecycle(
      { absent: { polls: 1 }, creating: { polls: 2 }, fails: { state: 's', reason: 'r' }, deleting: { polls: 1 } },
      () => 0,
    );
    expect(lifecycle.phase()).toBe('absent');
    expect([1, 2, 3, 4].map(() => lifecycle.look())).toEqual(['absent', 'creating', 'creating', 'failed']);
    lifecycle.remove();
    expect([lifecycle.phase(), lifecycle.look(), lifecycle.phase()]).toEqual(['deleting', 'deleting', 'gone']);
  });

  it('counts time, each phase from the end of the one before', () => {
    let now = 100;
    const lifecycle = new Lifecycle({ absent: { ms: 10 }, creating: { ms: 20 } }, () => now);
    const at = (ms: number): string => {
      now = 100 + ms;
      return lifecycle.look();
    };
    expect([at(0), at(9), at(10), at(29), at(30)]).toEqual(['absent', 'absent', 'creating', 'creating', 'ready']);
  });
});
