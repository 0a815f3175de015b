import type { PageRun } from '@holdfast/core';
import type { DropRequest, ForkRequest, SweepRequest, Twin } from './types.js';

/** The version of holdfast-twin's line protocol that this package speaks; packages/twin/native/lib-words.c describes it. */
export const protocolVersion = 2;

/** The words of a request after its number. Throws a RangeError for a path that no line can hold. */
export function forkWords({ freezer, pids, subreapers = [], twinGroupDirectories, deadlineMs }: ForkRequest): readonly string[] {
  const processes = [pids.join(','), subreapers.join(',')];
  return ['fork', freezer.kind, path(freezer.directory), milliseconds(deadlineMs), ...processes, ...twinGroupDirectories.map(path)];
}

export function changedWords(pid: number, runs: readonly PageRun[]): readonly string[] {
  return ['changed', String(pid), runs.map(({ firstPage, pageCount }) => `${firstPage}:${pageCount}`).join(',')];
}

export function dropWords({ freezer, frozen, deadlineMs }: DropRequest): readonly string[] {
  return ['drop', freezer.kind, path(freezer.directory), milliseconds(deadlineMs), frozen ? 'frozen' : 'running'];
}

export function sweepWords({ freezer, deadlineMs }: SweepRequest): readonly string[] {
  return ['sweep', freezer.kind, path(freezer.directory), milliseconds(deadlineMs)];
}

export type HelperLine =
  | { readonly type: 'hello'; readonly version: number }
  | { readonly type: 'ok'; readonly id: number; readonly words: readonly string[] }
  | { readonly type: 'error'; readonly id: number; readonly reason: string; readonly text: string };

/** Undefined for what this version does not know. */
export function parseHelperLine(line: string): HelperLine | undefined {
  const [first, verb, ...words] = line.split('\t');
  if (first === '*') return verb === 'holdfast-twin' ? { type: 'hello', version: Number(words[0]) } : undefined;
  const id = Number(first);
  if (verb === 'ok') return { type: 'ok', id, words };
  return verb === 'error' ? { type: 'error', id, reason: words[0] ?? '', text: words[1] ?? '' } : undefined;
}

/** `PID:TWIN,...` */
export function parseTwins(word: string | undefined): readonly Twin[] {
  return pairs(word).map(([pid, twinPid]) => ({ pid, twinPid }));
}

/** `FIRST:COUNT,...`; runs that touch are joined. */
export function parseRuns(word: string | undefined): readonly PageRun[] {
  const runs: { firstPage: number; pageCount: number }[] = [];
  for (const [firstPage, pageCount] of pairs(word)) {
    const last = runs.at(-1);
    if (last !== undefined && last.firstPage + last.pageCount === firstPage) last.pageCount += pageCount;
    else runs.push({ firstPage, pageCount });
  }
  return runs;
}

function pairs(word = ''): readonly (readonly [number, number])[] {
  if (word === '') return [];
  return word.split(',').map((pair) => {
    const [first, second] = pair.split(':');
    return [Number(first), Number(second)] as const;
  });
}

function path(directory: string): string {
  if (/[\t\n\0]/.test(directory) || directory === '') throw new RangeError(`${JSON.stringify(directory)} is no path of a control group`);
  return directory;
}

function milliseconds(deadlineMs: number): string {
  return String(Math.ceil(deadlineMs));
}
