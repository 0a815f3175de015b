import type { DoctorReport } from '@holdfast/engine';
import { escapeText } from './escape-text.js';

export function doctorText(report: Pick<DoctorReport, 'ok' | 'checks'>): string {
  const width = Math.max(0, ...report.checks.map((check) => check.name.length));
  const lines = report.checks.flatMap(({ name, ok, skipped, detail, remedy }) => [
    `${skipped === true ? 'unknown ' : ok ? 'ok      ' : 'missing '} ${name.padEnd(width)}  ${escapeText(detail)}`.trimEnd(),
    ...(remedy === undefined ? [] : [`         ${' '.repeat(width)}  remedy: ${escapeText(remedy)}`]),
  ]);
  const missing = report.checks.filter((check) => !check.ok).length;
  return `${lines.join('\n')}\n${report.ok ? 'everything is there' : `${missing} of ${report.checks.length} missing`}\n`;
}
