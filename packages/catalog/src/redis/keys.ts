/** The keys of one job lie in one slot of a cluster, those of the index of all jobs in another: the part in braces decides. */
export interface Keys {
  /** The version of the layout. */
  readonly schema: string;
  /** Hash: job → its entry in the index. */
  readonly entries: string;
  /** Sorted by time: changes of jobs that are under way, or whose process died half way. */
  readonly intents: string;
  /** Sorted set of all jobs of one choice: `all`, `status:failed`. */
  choice(name: string): string;
  job(name: string): JobKeys;
}

export interface JobKeys {
  /** Hash: `record`, `createdAt`, `version`. */
  readonly record: string;
  readonly lease: string;
  /** Hash: attempt → record. */
  readonly attempts: string;
  /** Hash: number → record. */
  readonly checkpoints: string;
  /** Sorted set of the numbers in `checkpoints`. */
  readonly numbers: string;
  /** Hash: how many `checkpoints` there are, and their stored bytes together. */
  readonly sums: string;
  /** Sorted set whose members are the events themselves. */
  readonly events: string;
  /** Counts the events of this job. */
  readonly sequence: string;
}

export function keysBelow(prefix: string): Keys {
  const index = `${prefix}{index}`;
  return {
    schema: `${index}:schema`,
    entries: `${index}:entries`,
    intents: `${index}:intents`,
    choice: (name) => `${index}:jobs:${name}`,
    job(name) {
      const job = `${prefix}job:{${escapeTag(name)}}`;
      return {
        record: `${job}:record`,
        lease: `${job}:lease`,
        attempts: `${job}:attempts`,
        checkpoints: `${job}:checkpoints`,
        numbers: `${job}:numbers`,
        sums: `${job}:sums`,
        events: `${job}:events`,
        sequence: `${job}:sequence`,
      };
    },
  };
}

/** A brace would end the part that decides on the slot too early, and an empty part decides nothing. */
function escapeTag(name: string): string {
  return name === '' ? '%' : name.replace(/[%{}]/gu, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
