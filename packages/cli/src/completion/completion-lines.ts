import type { Completion } from './completion-of.js';

/**
 * What the shells' scripts read: first a line with what the shell adds itself (`none`, `file`, `directory`, `command INDEX`), then a line
 * for each candidate, its description after a tab.
 */
export function completionLines(completion: Completion, jobs: readonly string[]): string {
  const { source, commandAt, candidates, prefix, before } = completion;
  const first = source === 'command' ? `command ${commandAt}` : source === 'job' || source === undefined ? 'none' : source;
  const lines = [...candidates, ...jobs.filter((job) => job.startsWith(prefix)).map((job) => ({ value: `${before}${job}`, description: '' }))];
  return `${[first, ...lines.map(({ value, description }) => (description === '' ? value : `${value}\t${description}`))].join('\n')}\n`;
}
