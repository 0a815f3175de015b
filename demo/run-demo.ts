import { mkdtemp, rm } from 'node:fs/promises';
import process from 'node:process';
import { paint } from './timeline.ts';

export interface Demo<Options extends { readonly keepFiles: boolean }> {
  /** Undefined where only help was wanted. Throws what to tell the user. */
  readonly options: (words: readonly string[]) => Options | undefined;
  /** What of it needs root, as the subject of "do" or "does". */
  readonly needsRoot: string;
  /** What is not as it should be; nothing where all is well. */
  readonly play: (options: Options, folder: string, cleanup: AsyncDisposableStack) => Promise<readonly string[]>;
}

/** Plays it in a folder of its own, tells how it ended, and sets the exit status. Ctrl-C takes down what runs. */
export async function runDemo<Options extends { readonly keepFiles: boolean }>(demo: Demo<Options>): Promise<void> {
  try {
    process.exitCode = await played(demo);
  } catch (error) {
    console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

async function played<Options extends { readonly keepFiles: boolean }>(demo: Demo<Options>): Promise<number> {
  const options = demo.options(process.argv.slice(2));
  if (options === undefined) return 0;
  if (process.getuid?.() !== 0) throw new Error(`the demo needs root, since ${demo.needsRoot}: run it with sudo`);
  const folder = await mkdtemp('/var/tmp/holdfast-demo-');
  const cleanup = new AsyncDisposableStack();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      console.log(`\n  ended by ${signal}; files are left in ${folder}`);
      void cleanup.disposeAsync().finally(() => process.exit(130));
    });
  }
  let problems: readonly string[] = [];
  try {
    problems = await demo.play(options, folder, cleanup);
  } finally {
    await cleanup.disposeAsync();
  }
  for (const problem of problems) console.log(`  ${paint(31, `not as it should be: ${problem}`)}`);
  const good = problems.length === 0;
  if (good) console.log(`\n  ${paint(32, 'Every byte is the same as if nothing had happened.')}\n`);
  if (good && !options.keepFiles) await rm(folder, { recursive: true, force: true });
  else console.log(`  files are left in ${folder}; what Holdfast said is in its logs\n`);
  return good ? 0 : 1;
}
