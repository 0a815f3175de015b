/** Rows of the catalog's tables as SQL text; no value needs escaping. */
export interface FillOptions {
  readonly jobs: number;
  readonly snapshotsOfEach: number;
  /** Around the names of columns, of which one is a word of SQL in some databases. */
  readonly quote: '"' | '`';
}

const jobsOfAStatement = 250;
const firstMs = Date.parse('2026-01-01T00:00:00.000Z');

export function filledJob(place: number): string {
  return `filled-${String(place).padStart(7, '0')}`;
}

export function filledAt(place: number): string {
  return new Date(firstMs + place * 1000).toISOString();
}

/** One statement for many rows at a time. */
export function* fillStatements({ jobs, snapshotsOfEach, quote }: FillOptions): Generator<string> {
  for (let first = 0; first < jobs; first += jobsOfAStatement) {
    const places = Array.from({ length: Math.min(jobsOfAStatement, jobs - first) }, (_, offset) => first + offset);
    yield insert(
      'hf_jobs',
      ['job', 'repository_id', 'command', 'working_directory', 'status', 'labels', 'created_at', 'updated_at'],
      quote,
      places.map(jobRow),
    );
    const snapshots = places.flatMap((place) => Array.from({ length: snapshotsOfEach }, (_, number) => snapshotRow(place, number + 1)));
    yield insert(
      'hf_checkpoints',
      ['job', 'number', 'epoch', 'attempt', 'created_at', 'freeze_ms', 'logical_bytes', 'stored_bytes'],
      quote,
      snapshots,
    );
  }
}

function insert(table: string, columns: readonly string[], quote: string, rows: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.map((column) => `${quote}${column}${quote}`).join(', ')}) VALUES ${rows.join(', ')};`;
}

function jobRow(place: number): string {
  const at = filledAt(place);
  return `('${filledJob(place)}', 'bench', '["./align.sh"]', '/work', 'running', '{}', '${at}', '${at}')`;
}

function snapshotRow(place: number, number: number): string {
  return `('${filledJob(place)}', ${number}, 1, 'attempt', '${filledAt(place)}', 12.5, 1073741824, 52428800)`;
}
