// Usage: failed-tests.mjs REPORT...: names each failed test of vitest's JSON reports with what it said, so that the end of a long output
// tells them.
import { readFileSync } from 'node:fs';

/** @typedef {{ readonly fullName: string, readonly status: string, readonly failureMessages: readonly string[] }} Test */
/** @typedef {{ readonly name: string, readonly status: string, readonly message: string, readonly assertionResults: readonly Test[] }} TestFile */

const lineLimit = 30;

for (const path of process.argv.slice(2)) {
  /** @type {unknown} */
  const report = JSON.parse(readFileSync(path, 'utf8'));
  if (!isReport(report)) throw new TypeError(`${path} is no report of vitest`);
  for (const file of report.testResults) {
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed) tell(`${file.name}: ${test.fullName}`, test.failureMessages);
    if (failed.length === 0 && file.status === 'failed') tell(file.name, [file.message]);
  }
}

/**
 * @param {unknown} value
 * @returns {value is { readonly testResults: readonly TestFile[] }}
 */
function isReport(value) {
  return typeof value === 'object' && value !== null && 'testResults' in value;
}

/**
 * @param {string} what
 * @param {readonly string[]} messages
 */
function tell(what, messages) {
  process.stdout.write(`FAILED ${what}\n${messages.map(brief).join('\n')}\n`);
}

/**
 * What a message says, and the first place that it names of those it came through.
 * @param {string} message
 */
function brief(message) {
  const lines = message.split('\n');
  const firstPlace = lines.findIndex((line) => /^ +at /.test(line));
  return lines.slice(0, firstPlace < 0 ? lineLimit : Math.min(firstPlace + 1, lineLimit)).join('\n');
}
