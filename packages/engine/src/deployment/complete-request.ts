import { type DeploymentConfig, HoldfastError, parseDuration } from '@holdfast/core';
import { parseJobName } from '@holdfast/store';
import { inheritedStreams } from '../container/keeper.js';
import { defaultJobName } from '../run/job-name.js';
import type { CompleteRequest } from '../run/run-environment.js';
import type { RunRequest } from '../run/types.js';

/** Applies the configuration's defaults and refuses what cannot be. */
export function completeRequest(request: RunRequest, config: DeploymentConfig): CompleteRequest {
  const { command, workingDirectory, environment, track = [], interval, fresh = false, labels = {} } = request;
  if (command.length === 0 || command[0] === '') throw usage('no command was given', 'name the command to run');
  if (!workingDirectory.startsWith('/')) throw usage(`workingDirectory ${workingDirectory} is not absolute`, 'pass an absolute path');
  const from = forkFrom(request);
  const keep = request.keep ?? config.job.keep;
  if (!Number.isInteger(keep) || keep < 1) throw usage(`keep ${keep} is not a whole number of 1 or more`, 'keep at least one snapshot');
  return {
    job: parseJobName(request.job ?? defaultJobName(workingDirectory, command)),
    command,
    workingDirectory,
    environment,
    track,
    intervalMs: intervalMs(interval) ?? config.job.intervalMs,
    keep,
    fresh,
    from,
    here: isHere(request),
    onRestoreFailure: request.onRestoreFailure ?? config.job.onRestoreFailure,
    resume: request.resume ?? config.job.resume,
    tcp: request.tcp ?? config.job.tcp,
    memory: request.memory ?? config.job.memory,
    keepTwin: config.job.keepTwin,
    coverMemory: config.job.coverMemory,
    labels: checkedLabels(labels),
    streams: request.streams ?? inheritedStreams,
  };
}

function forkFrom({ from, job, fresh }: RunRequest): CompleteRequest['from'] {
  if (from === undefined) return undefined;
  const { number } = from;
  if (job === undefined) throw usage('a job that is made from another one was given no name', 'name the new job with --job');
  if (job === from.job) throw usage(`job ${job} cannot be made from itself`, 'leave --from out to resume it, or give the new job another name');
  if (fresh === true) throw usage('a job cannot both start anew and go on from another one', 'leave out --fresh or --from');
  if (number !== undefined && !(Number.isSafeInteger(number) && number >= 1))
    throw usage(`${number} is not the number of a snapshot`, 'name one that holdfast show lists');
  return { job: parseJobName(from.job), number };
}

function isHere({ here = false, job }: RunRequest): boolean {
  // The name that is made from the directory would be that of another job.
  if (here && job === undefined) throw usage('a job that is to come to another directory was not named', 'name it with --job');
  return here;
}

/** As long as every catalog can find it by. */
const longestLabel = 255;
const mostLabels = 64;

function checkedLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const count = Object.keys(labels).length;
  if (count > mostLabels) throw usage(`the job was given ${count} labels`, `give it ${mostLabels} at most`);
  for (const text of Object.entries(labels).flat()) {
    const characters = Array.from(text).length;
    if (characters > longestLabel)
      throw usage(`the label '${text.slice(0, 20)}…' has ${characters} characters`, `use ${longestLabel} at most for a name and for a value`);
    if (text.includes('\0')) throw usage(`the label ${JSON.stringify(text)} has a NUL in it`, 'leave it out');
  }
  return labels;
}

function intervalMs(interval: string | number | undefined): number | undefined {
  if (typeof interval !== 'number') return interval === undefined ? undefined : parseDuration(interval);
  if (Number.isFinite(interval) && interval > 0) return interval;
  throw usage(`interval ${interval} is not a number of milliseconds above 0`, 'pass a duration such as "5m"');
}

function usage(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_USAGE', { message, kind: 'invalid-argument', operation: 'run', hint });
}
