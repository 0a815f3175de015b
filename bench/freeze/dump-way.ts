/** How a job is dumped while it lives. `criu` is `criu dump` alone, as its manual shows it; the others are Holdfast. */
export const dumpWays = ['criu-tmpfs', 'criu-disk', 'staged-tmpfs', 'staged-disk', 'twin'] as const;

export type DumpWay = (typeof dumpWays)[number];

export const wayText: Readonly<Record<DumpWay, string>> = {
  'criu-tmpfs': 'bare criu dump to tmpfs',
  'criu-disk': 'bare criu dump to disk',
  'staged-tmpfs': 'holdfast, staged in memory',
  'staged-disk': 'holdfast, staged on disk',
  twin: 'holdfast, twin',
};

/** How much memory a job of this size and what is dumped of it take at most. */
export function neededMib(way: DumpWay, sizeMib: number): number {
  switch (way) {
    case 'criu-tmpfs':
      return 2 * sizeMib + 256;
    case 'criu-disk':
    case 'staged-disk':
      return sizeMib + 1024;
    // The images of one snapshot are kept until the next one's are there; a quarter and a GiB more must be free.
    case 'staged-tmpfs':
      return 3.25 * sizeMib + 1536;
    case 'twin':
      return 1.5 * sizeMib + 1536;
  }
}

/** What Holdfast's record of a snapshot says where its memory came by this way. */
export const memoryFrom: Readonly<Partial<Record<DumpWay, string>>> = { 'staged-tmpfs': 'staged-memory', 'staged-disk': 'staged-disk', twin: 'twin' };
