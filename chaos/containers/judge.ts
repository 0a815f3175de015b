import { numberField, type ReportedEvent, textField } from '@holdfast/testkit/victims';
import { type Ending, gapOf, jobOf } from './short-container.ts';

export interface Evidence {
  readonly endings: readonly Ending[];
  /** Of all agents. */
  readonly events: readonly ReportedEvent[];
  /** Containers that stood still when their agent was killed. */
  readonly killedOver: readonly string[];
  /** Lines of those that asked for snapshots and started without. */
  readonly unprotected: readonly string[];
}

export interface Judgement {
  readonly protectedContainers: number;
  readonly snapshots: number;
  /** Of those with snapshots: how many had at least one. */
  readonly withSnapshots: number;
  readonly killedOver: number;
  /** The longest time from one step to the next: of a container without snapshots, and of one with; and the longest freeze that was stated. */
  readonly longestGapMs: { readonly plain: number; readonly protected: number; readonly killedOver: number };
  readonly longestFreezeMs: number;
  readonly problems: readonly string[];
}

/** For a guard to thaw a container whose agent was killed. */
const thawMs = 5000;

export function judge({ endings, events, killedOver, unprotected }: Evidence): Judgement {
  const freezes = Map.groupBy(
    events.filter(({ type }) => type === 'snapshot.committed'),
    (event) => textField(event, 'job') ?? '',
  );
  const freezeOf = (job: string): number => longest((freezes.get(job) ?? []).map((event) => numberField(event, 'freezeMs') ?? 0));
  const isKilledOver = ({ started }: Ending): boolean => 'id' in started && killedOver.includes(started.id);
  const guarded = endings.filter(({ container }) => container.isProtected);
  const plain = longest(endings.filter(({ container }) => !container.isProtected).map((ending) => gapOf(ending) ?? 0));
  const problems = [
    ...endings.flatMap(problemOf),
    ...unprotected.map((line) => `started without snapshots: ${line}`),
    ...guarded.flatMap((ending) => {
      const gapMs = gapOf(ending) ?? 0;
      const freezeMs = freezeOf(jobOf(ending.container)) + (isKilledOver(ending) ? thawMs : 0);
      return gapMs <= 2 * plain + freezeMs
        ? []
        : [
            `container ${ending.container.number} stood still for ${gapMs} ms: its longest freeze was ${freezeMs} ms, and those without snapshots stood still for ${plain} ms`,
          ];
    }),
  ];
  const snapshots = events.filter(({ type }) => type === 'snapshot.committed').length;
  if (snapshots < guarded.length / 2) problems.push(`only ${snapshots} snapshots were stored`);
  if (killedOver.length === 0) problems.push('no agent was killed while a container stood still');
  return {
    protectedContainers: guarded.length,
    snapshots,
    withSnapshots: guarded.filter(({ container }) => freezes.has(jobOf(container))).length,
    killedOver: killedOver.length,
    longestGapMs: {
      plain,
      protected: longest(guarded.filter((ending) => !isKilledOver(ending)).map((ending) => gapOf(ending) ?? 0)),
      killedOver: longest(guarded.filter(isKilledOver).map((ending) => gapOf(ending) ?? 0)),
    },
    longestFreezeMs: longest([...freezes.keys()].map(freezeOf)),
    problems,
  };
}

function problemOf(ending: Ending): readonly string[] {
  const { container, started, status, stdout, stderr } = ending;
  const name = `container ${container.number}${container.isProtected ? ', with snapshots' : ''}`;
  if ('problem' in started) return [`${name} was not started: ${started.problem}`];
  if (gapOf(ending) === undefined) return [`${name} ended with ${status}, and said: ${stdout}${stderr}`];
  return stderr.includes('unprotected') ? [`${name} said: ${stderr}`] : [];
}

function longest(times: readonly number[]): number {
  return times.reduce((most, each) => Math.max(most, each), 0);
}
