import type { VerifyReport } from '@holdfast/core';
import { formatSize } from '@holdfast/core/basics';
import { escapeText } from './escape-text.js';

export function verifyText(report: VerifyReport): string {
  const read = `${report.snapshots} snapshots, ${report.blocks} blocks, ${formatSize(report.bytes)} read`;
  if (report.ok) return `ok: ${read}\n`;
  const problems = report.problems.map(({ job, number, file, code, message }) => {
    const where = number === undefined ? `job '${job}'` : `job '${job}', snapshot ${number}`;
    return `damaged: ${where}: ${escapeText(message)}\n  file: ${escapeText(file)}\n  code: ${code}  (docs/errors.md#${code.toLowerCase()})\n`;
  });
  return `${problems.join('')}${report.problems.length} damaged; ${read}\n`;
}
