const mebibyte = 1024 ** 2;

/** What is left on the machine and to the job's own control groups. Infinity where there is no limit. */
export interface TwinRoom {
  readonly machineBytes: number;
  readonly groupBytes: number;
  readonly processes: number;
  /** What may still be promised, where the machine promises no more memory than it has. */
  readonly commitBytes: number;
}

export interface TwinNeed {
  /** Memory of the job's processes. */
  readonly memoryBytes: number;
  readonly processes: number;
}

export type RoomShortage = 'no-room' | 'pids' | 'overcommit';

/**
 * A twin costs what the job writes to while it is there: an eighth of its memory is asked for, so that most jobs end reading before they have run into the
 * limit, which is watched meanwhile. Undefined where there is room.
 */
export function shortageBefore(room: TwinRoom, { memoryBytes, processes }: TwinNeed): RoomShortage | undefined {
  const wanted = memoryBytes / 8 + leastBytes;
  if (room.machineBytes < wanted + leastBytes || room.groupBytes < wanted) return 'no-room';
  // Each twin is made by way of a process that is there for a moment only.
  if (room.processes < 2 * processes) return 'pids';
  return room.commitBytes < memoryBytes ? 'overcommit' : undefined;
}

export const shortageWords: Readonly<Record<RoomShortage, string>> = {
  'no-room': 'the machine, or the control group of the job, has too little memory left for what the job writes while a copy of it is read',
  pids: 'the control group of the job has too few processes left (pids.max) for a copy of each',
  overcommit: 'the machine promises no more memory than it has (vm.overcommit_memory is 2), and a copy of the job would need as much again',
};

/** True where twins must go at once. */
export function runsLow({ machineBytes, groupBytes }: Pick<TwinRoom, 'machineBytes' | 'groupBytes'>): boolean {
  return machineBytes < leastBytes || groupBytes < leastBytes / 2;
}

/** What a busy job writes between two looks. */
const leastBytes = 128 * mebibyte;
