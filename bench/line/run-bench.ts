import { type ParseArgsConfig, parseArgs } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<T extends Options> = ReturnType<typeof parseArgs<{ options: T }>>['values'];

/** Of every benchmark. */
const common = { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } as const;

/** Measures as this process's line says, prints `help` where it asks for that, and tells what went wrong in a sentence, with exit status 1. */
export async function runBench<const T extends Options>(
  name: string,
  help: string,
  options: T,
  measure: (values: Values<T & typeof common>) => Promise<void>,
): Promise<void> {
  const args = process.argv.slice(2);
  try {
    if (args.includes('--help') || args.includes('-h')) console.log(help);
    else await measure(parseArgs({ args, options: { ...options, ...common } }).values);
  } catch (error) {
    console.error(`bench ${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
