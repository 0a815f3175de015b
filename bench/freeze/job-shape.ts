import { sizeText } from '../line/size.ts';

/** What is dumped. */
export interface JobShape {
  readonly sizeMib: number;
  /** One, or a tree that shares the memory out. */
  readonly processes: 1 | 10;
  readonly hugePages: boolean;
  /** It works around each dump, so that its slow-down can be told; one process alone can. */
  readonly works: boolean;
}

/** Each size by one process and by ten, with and without huge pages. */
export function shapesOf(sizesMib: readonly number[]): readonly JobShape[] {
  return sizesMib.flatMap((sizeMib) =>
    ([1, 10] as const).flatMap((processes) =>
      [false, true].map((hugePages): JobShape => ({ sizeMib, processes, hugePages, works: processes === 1 })),
    ),
  );
}

/** Each size by one process, and the smallest by ten; only the smallest works. */
export function quickShapes(sizesMib: readonly number[]): readonly JobShape[] {
  const smallest = Math.min(...sizesMib);
  return shapesOf(sizesMib)
    .filter(({ sizeMib, processes, hugePages }) => !hugePages && (processes === 1 || sizeMib === smallest))
    .map((shape) => ({ ...shape, works: shape.works && shape.sizeMib === smallest }));
}

/** As a person reads it. */
export function shapeText({ sizeMib, processes, hugePages }: JobShape): string {
  return `${sizeText(sizeMib)}${processes === 1 ? '' : ` in ${processes} processes`}${hugePages ? ', huge pages' : ''}`;
}

/** The arguments of heartbeat.c after the program. */
export function heartbeatArguments({ sizeMib, processes, hugePages }: JobShape, report: string): readonly string[] {
  return [String(sizeMib), report, String(processes), hugePages ? 'always' : 'never', '5'];
}
