import { resolve } from 'node:path';
import { HoldfastError } from '@holdfast/core/basics';
import type { RunRequest } from '@holdfast/engine';
import type { GivenValues } from '../line/values.js';
import { choiceOf, durationOf, isOn, labelsOf, sourceOf, textOf, textsOf, wholeNumberOf } from './read-values.js';
import type { Environment } from './variables.js';

/** What `run` asks of the engine. Throws for every wrong value, before anything is started. */
export function runRequest(values: GivenValues, words: readonly string[], workingDirectory: string, environment: Environment): RunRequest {
  const [program, ...rest] = words;
  if (program === undefined || program === '') {
    throw new HoldfastError('HF_USAGE', {
      kind: 'invalid-argument',
      message: program === undefined ? 'no command to run was given' : 'the command to run is empty',
      hint: "Put it at the end: holdfast run -- ./train.sh ('holdfast run --help')",
      context: { command: 'run' },
    });
  }
  return {
    command: [program, ...rest],
    job: textOf(values, 'job'),
    workingDirectory,
    environment,
    track: textsOf(values, 'track')?.map((path) => resolve(workingDirectory, path)),
    interval: durationOf(values, 'interval'),
    keep: wholeNumberOf(values, 'keep'),
    from: sourceOf(values, 'from'),
    here: values.has('here') ? isOn(values, 'here') : undefined,
    fresh: values.has('fresh') ? isOn(values, 'fresh') : undefined,
    onRestoreFailure: choiceOf(values, 'on-restore-failure', ['older', 'fresh', 'fail']),
    resume: choiceOf(values, 'resume', ['lazy', 'eager', 'auto']),
    tcp: choiceOf(values, 'tcp', ['close', 'keep']),
    memory: choiceOf(values, 'memory', ['auto', 'twin', 'staged']),
    labels: labelsOf(values, 'label'),
  };
}
