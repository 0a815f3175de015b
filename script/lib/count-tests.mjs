// count-tests.mjs BROKEN FILE...: sums vitest's JSON reports into the one line that script/test ends with.
import { readFileSync } from 'node:fs';

const [broken, ...files] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of files) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  total.passed += report.numPassedTests ?? 0;
  total.failed += report.numFailedTests ?? 0;
  total.skipped += (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
}
// A file that cannot be loaded, or an unhandled rejection, fails a run in which no single test failed.
if (broken !== '0' && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
