import type { AwsCall } from './aws-call.js';

/** One call that came, in the order of their coming. */
export interface CallRecord {
  readonly service: string;
  readonly operation: string;
  readonly resource: string | undefined;
  /** What was answered: the status of HTTP; `cut` or `hung` where nothing was; `pending` where nothing is yet. */
  readonly outcome: number | 'cut' | 'hung' | 'pending';
}

export interface CallCount {
  readonly service: string;
  readonly operation: string;
  readonly count: number;
}

export interface CallLog {
  /** Takes down a call, and returns what takes down its outcome. */
  begin(call: AwsCall): (outcome: CallRecord['outcome']) => void;
  records(): readonly CallRecord[];
  counts(): readonly CallCount[];
  clear(): void;
}

export function createCallLog(): CallLog {
  let records: CallRecord[] = [];
  return {
    begin({ service, operation, resource }) {
      const own = records;
      const place = own.push({ service, operation, resource, outcome: 'pending' }) - 1;
      return (outcome) => {
        own[place] = { service, operation, resource, outcome };
      };
    },
    records: () => [...records],
    counts: () =>
      [...Map.groupBy(records, ({ service, operation }) => `${service}:${operation}`).values()].flatMap((calls) => {
        const [first] = calls;
        return first === undefined ? [] : [{ service: first.service, operation: first.operation, count: calls.length }];
      }),
    clear() {
      records = [];
    },
  };
}
