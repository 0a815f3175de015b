import * as z from 'zod';
import { dockerSetup } from './install-errors.js';
import { readWhole, writeWhole } from './whole-file.js';

/** What install did, so that uninstall undoes that and nothing else. */
export interface InstallRecord {
  readonly version: 1;
  /** Files that install wrote, by their path, with the SHA-256 of what it wrote. */
  readonly files: Readonly<Record<string, string>>;
  /** Folders that it made, outermost first. */
  readonly folders: readonly string[];
  readonly daemonJson: {
    /** SHA-256 of what install wrote last. */
    readonly written: string;
    readonly runtime: { readonly path: string };
    /**
     * What was there before: a file, of which there is a `copy`; none; the `same`, so that nothing is to be undone. `unknown`: somebody changed it between
     * two installs.
     */
    readonly before: 'copy' | 'no-file' | 'same' | 'unknown';
  };
}

const recordSchema: z.ZodType<InstallRecord> = z.strictObject({
  version: z.literal(1),
  files: z.record(z.string(), z.string()),
  folders: z.array(z.string()),
  daemonJson: z.strictObject({
    written: z.string(),
    runtime: z.strictObject({ path: z.string() }),
    before: z.enum(['copy', 'no-file', 'same', 'unknown']),
  }),
});

export async function readRecord(path: string): Promise<InstallRecord | undefined> {
  const text = await readWhole(path);
  if (text === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw dockerSetup(path, 'is not what holdfast install wrote', 'Restore it, or remove it and undo by hand what install docker did', cause);
  }
}

export async function writeRecord(path: string, record: InstallRecord): Promise<void> {
  await writeWhole(path, `${JSON.stringify(record, undefined, 2)}\n`, 0o600);
}
