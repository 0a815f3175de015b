import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { RedisPort } from './connection.js';
import { type IndexEntry, indexEntry, indexEntrySchema } from './index-entry.js';
import { readJob } from './job-records.js';
import type { Keys } from './keys.js';
import { json, parse } from './parse.js';
import { runScript } from './run-script.js';
import { intendScript, reindexScript, stoppedScript } from './scripts/index-scripts.js';

/** A change of a job that was announced to the index, which lies in another slot than the job: no script reaches both. */
export interface Intent {
  readonly job: string;
  readonly mark: string;
  /** The entry as it was, word for word; empty where there was none. */
  readonly known: string;
}

export interface JobIndex {
  /** Before the record is changed: whoever dies after leaves a note for the next who lists. */
  intend(port: RedisPort, job: string): Promise<Intent>;
  /** After it was changed: `entry` is undefined where it was removed. */
  settle(port: RedisPort, intent: Intent, entry: IndexEntry | undefined): Promise<void>;
  /** Makes the entry say what the record says; a change that is under way is not undone. */
  repair(port: RedisPort, job: string): Promise<void>;
  /** Repairs the jobs whose change stopped half way. */
  repairStopped(port: RedisPort): Promise<void>;
}

/** From then on a change is slow or dead, and is looked after. */
const slowAfterSeconds = 1;
/** From then on it cannot come any more: far longer than any call takes. */
const deadAfterSeconds = 3600;
const stoppedAtOnce = 256;
/** More changes of one job while it is repaired are no accident. */
const mostTries = 20;

const markLength = randomUUID().length;
const entrySchema = json(indexEntrySchema);
const knownSchema = z
  .string()
  .nullable()
  .transform((text) => text ?? '');
const stoppedSchema = z.tuple([z.coerce.number(), z.array(z.string())]);

export function createJobIndex(location: string, keys: Keys): JobIndex {
  const { intents, entries } = keys;

  /** Tells whether the entry was still `known`, and is `entry` now. */
  const exchange = async (port: RedisPort, { job, mark, known }: Intent, entry: IndexEntry | undefined): Promise<boolean> => {
    const before = known === '' ? undefined : parse(location, entries, entrySchema, known);
    const next = entry === undefined ? '' : JSON.stringify(entry);
    const choices = [...(before?.choices ?? []), ...(entry?.choices ?? [])].map((name) => keys.choice(name));
    const args = [job, mark, known, next, before?.choices.length ?? 0, before?.member ?? '', entry?.member ?? ''];
    return (await runScript(port, reindexScript, [intents, entries, ...choices], args)) === next;
  };

  const repair = async (port: RedisPort, job: string): Promise<void> => {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const known = parse(location, entries, knownSchema, await port.send('hget', entries, job));
      const stored = await readJob(port, location, keys, job);
      const entry = stored && indexEntry(stored.record, stored.version);
      if (known === (entry === undefined ? '' : JSON.stringify(entry))) return;
      if (await exchange(port, { job, mark: '', known }, entry)) return;
    }
  };

  return {
    intend: async (port, job) => {
      const mark = randomUUID();
      return { job, mark, known: String(await runScript(port, intendScript, [intents, entries], [job, mark])) };
    },
    settle: async (port, intent, entry) => {
      if (await exchange(port, intent, entry)) return;
      // Another changed the job meanwhile: what is right is what the record says now.
      await repair(port, intent.job);
      await port.send('zrem', intents, `${intent.mark}${intent.job}`);
    },
    repair,
    repairStopped: async (port) => {
      // A loss of the server may stop hundreds at once, and none of them hides those behind it.
      for (let passed = 0; ; ) {
        const answer = await runScript(port, stoppedScript, [intents], [slowAfterSeconds, passed, stoppedAtOnce]);
        const [now, listed] = parse(location, intents, stoppedSchema, answer);
        const stopped = Array.from({ length: listed.length / 2 }, (_, place) => ({
          intent: listed[2 * place] ?? '',
          since: Number(listed[2 * place + 1]),
        }));
        await Promise.all([...new Set(stopped.map(({ intent }) => intent.slice(markLength)))].map((job) => repair(port, job)));
        const dead = stopped.filter(({ since }) => now - since >= deadAfterSeconds).map(({ intent }) => intent);
        if (dead.length > 0) await port.send('zrem', intents, ...dead);
        if (stopped.length < stoppedAtOnce) return;
        passed += stopped.length - dead.length;
      }
    },
  };
}
