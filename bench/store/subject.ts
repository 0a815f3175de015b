/** What a job does between its two dumps: `mixed-N` changes N % of its pages, `scattered` 8 bytes in each of 10 %, `growth` allocates 10 % more. */
export type Shape = `mixed-${number}` | 'scattered' | 'growth';

export const defaultShapes: readonly Shape[] = ['mixed-5', 'mixed-20', 'scattered', 'growth'];

export const contents = ['compressible', 'random'] as const;

export type Content = (typeof contents)[number];

/** One job of which two images are stored. */
export interface Subject {
  readonly sizeMib: number;
  readonly shape: Shape;
  readonly content: Content;
}

export function isShape(text: string): text is Shape {
  return text === 'scattered' || text === 'growth' || /^mixed-([1-9]|[1-8][0-9])$/.test(text);
}

/** What the job is told: how it changes, and how many per cent of its pages. */
export function changeOf(shape: Shape): { readonly kind: 'mixed' | 'scattered' | 'growth'; readonly percent: number } {
  if (shape === 'scattered' || shape === 'growth') return { kind: shape, percent: 10 };
  return { kind: 'mixed', percent: Number(shape.slice('mixed-'.length)) };
}

export function subjectName({ sizeMib, shape, content }: Subject): string {
  return `${sizeName(sizeMib)} ${shape} ${content}`;
}

export function sizeName(sizeMib: number): string {
  return sizeMib % 1024 === 0 ? `${sizeMib / 1024} GiB` : `${sizeMib} MiB`;
}
