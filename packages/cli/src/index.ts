export type { CliOptions, Plugins } from './cli-options.js';
export { exitCodes } from './exit-codes.js';
export type { SignalSource, StopSignal } from './process/signals.js';
export type { OutputStream, Streams } from './render/streams.js';
export { runCli } from './run-cli.js';
export type { Environment } from './settings/variables.js';
