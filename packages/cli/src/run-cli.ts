import type { CliOptions } from './cli-options.js';
import type { CommandContext } from './commands/command-context.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import type { CommandName } from './line/command-definition.js';
import type { ParsedLine } from './line/parse-line.js';
import { type StopSignal, signalNumber } from './process/signals.js';
import { readVersion } from './version.js';

type CommandLine = Extract<ParsedLine, { kind: 'command' }>;

/** The whole command: takes a line, does it, prints, and gives the exit status. Never rejects for what a user or a machine can do wrong. */
export async function runCli(cli: CliOptions): Promise<number> {
  const { argv, streams } = cli;
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) return printVersion(cli);
  const { parseLine } = await import('./line/parse-line.js');
  try {
    const parsed = parseLine(argv);
    if (parsed.kind === 'version') return printVersion(cli);
    if (parsed.kind === 'command') return await runCommand(cli, parsed);
    (parsed.asked ? streams.stdout : streams.stderr).write(parsed.text);
    return parsed.asked ? exitCodes.ok : exitCodes.usage;
  } catch (error) {
    return refuse(cli, error);
  }
}

function printVersion({ streams }: CliOptions): number {
  streams.stdout.write(`holdfast ${readVersion()}\n`);
  return exitCodes.ok;
}

async function runCommand(cli: CliOptions, line: CommandLine): Promise<number> {
  const { createContext } = await import('./commands/create-context.js');
  const { commandActions } = await import('./commands/command-actions.js');
  const action = await commandActions[line.command]();
  const stop = new AbortController();
  let context: CommandContext;
  try {
    context = createContext(cli, line, stop.signal);
  } catch (error) {
    return refuse(cli, error, line.command);
  }
  // `run` has its own way with signals.
  if (line.command === 'run') return action(context);
  return withSignals(cli, stop, () => action(context).catch(async (error: unknown) => fail(context, error)));
}

async function fail({ printer }: CommandContext, error: unknown): Promise<number> {
  const { asHoldfastError } = await import('./process/as-holdfast-error.js');
  const failure = asHoldfastError(error);
  printer.progress(undefined);
  const { reportFailure } = await import('./render/report-failure.js');
  reportFailure(printer, failure, printer.json ? 'stdout' : 'stderr');
  return exitCodeOf(failure);
}

/** The first signal aborts the command and waits for it; the second does not wait. Either way the status is 128 + n. */
async function withSignals(cli: CliOptions, stop: AbortController, act: () => Promise<number>): Promise<number> {
  const second = Promise.withResolvers<undefined>();
  let signal: StopSignal | undefined;
  const subscription = cli.signals.subscribe((given) => {
    if (signal !== undefined) second.resolve(undefined);
    signal = given;
    stop.abort(new Error(given));
  });
  const status = await Promise.race([act(), second.promise]);
  subscription[Symbol.dispose]();
  return signal !== undefined && status !== exitCodes.ok ? 128 + signalNumber(signal) : (status ?? exitCodes.unexpected);
}

/** A wrong line or variable: of `run` like every failure before its job began. */
async function refuse(cli: CliOptions, error: unknown, command?: CommandName): Promise<number> {
  const { asHoldfastError } = await import('./process/as-holdfast-error.js');
  const { createPrinter } = await import('./render/printer.js');
  const failure = asHoldfastError(error);
  const ofRun = (command ?? failure.context['command']) === 'run';
  const json = asksForJson(cli);
  const printer = createPrinter(cli.streams, { json, quiet: 0, verbose: false, colors: false, clock: cli.clock });
  printer.fail(failure, ofRun || !json ? 'stderr' : 'stdout');
  return ofRun ? exitCodes.holdfastFailed : exitCodeOf(failure);
}

/** The line could not be read, so this only looks. */
function asksForJson({ argv, environment }: CliOptions): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json') || /^(?:1|true)$/u.test(environment['HOLDFAST_JSON'] ?? '');
}
