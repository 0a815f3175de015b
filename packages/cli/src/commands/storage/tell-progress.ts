import type { StorageProgress } from '@holdfast/core';
import { escapeText } from '../../render/escape-text.js';
import { spanText } from '../../render/times.js';
import type { CommandContext } from '../command-context.js';

/** A step's message once, with the time since the beginning; while it is said again and again, on a terminal, in place. */
export function tellProgress({ cli, printer }: CommandContext): (progress: StorageProgress) => void {
  const startedAtMs = cli.clock.monotonicMs();
  let said = '';
  return ({ step, message }) => {
    const elapsedMs = cli.clock.monotonicMs() - startedAtMs;
    const text = `${spanText(elapsedMs).padStart(7)}  ${step}: ${escapeText(message)}`;
    const isNew = said !== `${step}: ${message}`;
    said = `${step}: ${message}`;
    if (printer.json) printer.line('word', { type: 'storage.progress', step, message, elapsedMs: Math.round(elapsedMs) });
    else if (isNew) printer.say('word', text);
    else printer.progress(text);
  };
}
