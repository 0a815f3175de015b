import type { Logger } from '@holdfast/core';
import { escapeText } from '../../render/escape-text.js';
import { jsonText } from '../../render/json.js';
import type { Printer, Weight } from '../../render/printer.js';

/** Nobody looks on while a daemon runs: what the engine logs is said, and not with --verbose alone. */
export function daemonLogger(printer: Printer): Logger {
  const log = (weight: Weight, level: string) => (fields: Readonly<Record<string, unknown>>, message: string) => {
    if (printer.json) printer.line(weight, { type: 'log', level, message, ...fields });
    else printer.say(weight, escapeText(Object.keys(fields).length === 0 ? message : `${message} ${jsonText(fields)}`));
  };
  return {
    debug: (fields, message) => printer.logger.debug(fields, message),
    info: log('word', 'info'),
    warn: log('warning', 'warn'),
    error: log('warning', 'error'),
  };
}
