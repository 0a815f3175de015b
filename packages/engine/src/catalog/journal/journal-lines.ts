import { hash } from 'node:crypto';
import type { CatalogWrite } from '../catalog-write.js';

/** First whole line of a journal: of which catalog and repository it is. Where the disk was full it was perhaps begun before, and not ended. */
export interface JournalHeader {
  readonly version: 1;
  readonly catalog: string;
  readonly repositoryId: string;
}

export interface JournalContent {
  /** Undefined where it is damaged, or of a newer version: then nothing of the file is used. */
  readonly header: JournalHeader | undefined;
  /** True where a newer Holdfast wrote it. */
  readonly isNewer: boolean;
  readonly writes: readonly CatalogWrite[];
  /** Lines that are not whole: what was written as the process died, or the disk was full. */
  readonly damaged: number;
}

const digestDigits = 32;

/** A line begins on a line of its own whatever the one before ended in, and with the digest of what follows. */
export function journalLine(value: JournalHeader | CatalogWrite): string {
  const text = JSON.stringify(value);
  return `\n${digestOf(text)} ${text}`;
}

/** Lines that are not whole are passed over; each of the others is as it was written. */
export function readJournal(content: string): JournalContent {
  const lines = content.split('\n').filter((line) => line !== '');
  const values = lines.map(valueOf);
  const whole = values.filter((value) => value !== undefined);
  const [first, ...rest] = whole;
  const isNewer = first !== undefined && 'version' in first && first.version !== 1;
  const header = first !== undefined && 'version' in first && !isNewer ? first : undefined;
  const writes = rest.filter((value) => 'write' in value);
  return { header, isNewer, writes: header === undefined ? [] : writes, damaged: values.length - whole.length };
}

function valueOf(line: string): JournalHeader | CatalogWrite | undefined {
  const text = line.slice(digestDigits + 1);
  if (line.slice(0, digestDigits + 1) !== `${digestOf(text)} `) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the digest says that this program wrote it
  return JSON.parse(text) as JournalHeader | CatalogWrite;
}

function digestOf(text: string): string {
  return hash('sha256', text, 'hex').slice(0, digestDigits);
}
