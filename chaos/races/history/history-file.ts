import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { JobAnswer, JobCall, Operation } from '@holdfast/testkit/linearizability';

export type JobOperation = Operation<JobCall, JobAnswer>;

/** One line of the file. `call` and `answer` of one operation have the same `id`. */
type Line = { readonly round: number; readonly id: number; readonly ns: number } & ({ readonly call: JobCall } | { readonly answer: JobAnswer });

export interface Recorder extends Disposable {
  /**
   * Writes the call down, makes it, and writes the answer down. Each line is synced before what follows it, so that a call is there whatever becomes of
   * its process. Where it rejects there is no answer.
   */
  record<T>(call: JobCall, make: () => Promise<T>, answerOf: (result: T) => JobAnswer): Promise<T>;
  /** From now on: the round, and its beginning by the machine's monotonic clock. */
  begin(round: number, originNs: bigint): void;
}

export function openRecorder(path: string): Recorder {
  const file = openSync(path, 'a', 0o600);
  let [round, originNs, id] = [0, 0n, 0];
  const now = (): number => Number(process.hrtime.bigint() - originNs);
  const append = (line: Line): void => {
    writeSync(file, `${JSON.stringify(line)}\n`);
    fsyncSync(file);
  };
  return {
    begin: (nextRound, nextOriginNs) => {
      [round, originNs] = [nextRound, nextOriginNs];
    },
    record: async (call, make, answerOf) => {
      id += 1;
      const mine = { round, id };
      append({ ...mine, ns: now(), call });
      const result = await make();
      append({ ...mine, ns: now(), answer: answerOf(result) });
      return result;
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

/** The operations of one round, of one process. A last line that was cut off by a kill is no line. */
export function readHistory(path: string, process: string, round: number): readonly JobOperation[] {
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const lines = whole.map((text) => JSON.parse(text) as Line).filter((line) => line.round === round);
  const answers = new Map(lines.flatMap((line) => ('answer' in line ? [[line.id, line] as const] : [])));
  return lines.flatMap((line) => {
    if (!('call' in line)) return [];
    const answered = answers.get(line.id);
    return [{ process, call: line.call, calledAt: line.ns, answer: answered?.answer, answeredAt: answered?.ns }];
  });
}
