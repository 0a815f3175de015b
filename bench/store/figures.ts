import { pageSizeBytes } from '@holdfast/core';
import type { Figure } from '../report/figures.ts';
import type { ImageFacts } from './changed-pages.ts';
import type { Turn } from './contest.ts';
import { isHoldfast } from './contestant.ts';
import type { PeerName } from './options.ts';
import { type Subject, subjectName } from './subject.ts';

/** Everything measured of one subject. */
export interface SubjectResult {
  readonly subject: Subject;
  readonly facts: ImageFacts;
  readonly turns: readonly Turn[];
  /** Bytes in packs after each of ten snapshots; empty where that was not measured. */
  readonly seriesPackBytes: readonly number[];
}

const steps = ['first', 'second', 'restore'] as const;
const stepNames = { first: 'first snapshot', second: 'second snapshot', restore: 'restore' } as const;
const mebibyte = 1024 ** 2;
/** Encryption is to take a tenth more at most. */
const encryptedAim = 1.1;

/** What each contestant did, in the units of a clock and a disk. */
export function costFigures({ subject, turns }: SubjectResult): readonly Figure[] {
  const figures: Figure[] = [];
  for (const peer of peersOf(turns)) {
    const own = turnsOf(turns, peer);
    for (const step of steps) {
      const name = `${subjectName(subject)}: ${stepNames[step]}, ${peer}`;
      figures.push(
        { name: `${name}, wall`, unit: 's', runs: own.map((turn) => turn[step].wallSeconds) },
        { name: `${name}, CPU`, unit: 's', runs: own.map((turn) => turn[step].cpuSeconds) },
        { name: `${name}, peak memory`, unit: 'MiB', runs: own.map((turn) => turn[step].peakBytes / mebibyte), ...memoryAim(peer) },
      );
      if (step !== 'restore') figures.push({ name: `${name}, stored`, unit: 'bytes', runs: own.map((turn) => turn[step].bytes) });
    }
  }
  return figures;
}

function memoryAim(peer: PeerName): { readonly aim?: number } {
  return isHoldfast(peer) ? { aim: 512 } : {};
}

/** What Holdfast is judged by. A ratio is that of two runs of one round. */
export function ratioFigures({ subject, facts, turns, seriesPackBytes }: SubjectResult): readonly Figure[] {
  const own = turnsOf(turns, 'holdfast');
  const isMixed5 = subject.shape === 'mixed-5';
  const figures: Figure[] = [];
  const add = (name: string, runs: readonly number[], aim?: number): void => {
    if (runs.length > 0) figures.push({ name: `${subjectName(subject)}: ${name}`, unit: 'ratio', runs, ...(aim === undefined ? {} : { aim }) });
  };
  for (const peer of peersOf(turns).filter((name) => !isHoldfast(name))) {
    const against = (of: (turn: Turn) => number): readonly number[] => ratios(own, turnsOf(turns, peer), of);
    const aims = aimsAgainst(peer, isMixed5);
    for (const step of steps)
      add(
        `${stepNames[step]}, wall, holdfast / ${peer}`,
        against((turn) => turn[step].wallSeconds),
        aims[step],
      );
    add(
      `second snapshot, stored, holdfast / ${peer}`,
      against(({ second }) => second.bytes),
      aims.secondBytes,
    );
  }
  const encrypted = turnsOf(turns, 'holdfast-encrypted');
  for (const step of steps) {
    const name = `${stepNames[step]}, holdfast-encrypted / holdfast`;
    if (own.length === 0) break;
    add(
      `${name}, wall`,
      ratios(encrypted, own, (turn) => turn[step].wallSeconds),
      encryptedAim,
    );
    add(
      `${name}, CPU`,
      ratios(encrypted, own, (turn) => turn[step].cpuSeconds),
      encryptedAim,
    );
  }
  add(
    'second snapshot, pages stored / truly changed',
    own.map(({ changedPages = Number.NaN }) => (changedPages * pageSizeBytes) / facts.changedBytes),
    isMixed5 ? 1.05 : undefined,
  );
  add(
    'second snapshot, bytes stored / truly changed',
    own.map(({ second }) => second.bytes / facts.changedBytes),
    subject.shape === 'scattered' ? 1 / 50 : undefined,
  );
  add(
    'manifest / memory',
    own.map(({ manifestBytes }) => manifestBytes / facts.memoryBytes),
    0.002,
  );
  const [full] = seriesPackBytes;
  const all = seriesPackBytes.at(-1);
  if (full !== undefined && all !== undefined) add(`${seriesPackBytes.length} snapshots / one full, packs`, [all / full], 1.5);
  return figures;
}

interface Aims {
  readonly first?: number;
  readonly second?: number;
  readonly restore?: number;
  readonly secondBytes?: number;
}

function aimsAgainst(peer: PeerName, isMixed5: boolean): Aims {
  if (peer === 'restic') return { first: 1 / 3, restore: 0.6, ...(isMixed5 ? { second: 0.1, secondBytes: 1 / 6 } : {}) };
  if (peer === 'cp') return { restore: 1, ...(isMixed5 ? { second: 1 } : {}) };
  return {};
}

function ratios(own: readonly Turn[], others: readonly Turn[], of: (turn: Turn) => number): readonly number[] {
  return own.map((turn, round) => of(turn) / of(others[round] ?? turn));
}

export function turnsOf(turns: readonly Turn[], peer: PeerName): readonly Turn[] {
  return turns.filter((turn) => turn.peer === peer);
}

export function peersOf(turns: readonly Turn[]): readonly PeerName[] {
  return [...new Set(turns.map(({ peer }) => peer))].toSorted((a, b) => Number(b === 'holdfast') - Number(a === 'holdfast'));
}
