const lines: Readonly<Record<string, readonly string[]>> = {
  'holdfast show JOB --events 20': ['events', 'event', 'log', 'logs', 'history'],
  'holdfast show JOB': ['info', 'inspect', 'status', 'describe', 'attempts', 'snapshots'],
  'holdfast list': ['ls', 'ps', 'jobs'],
  "holdfast run --job JOB -- …, the job's own line again": ['resume', 'restore', 'start', 'restart', 'continue', 'exec'],
  'holdfast snapshot JOB': ['checkpoint', 'dump', 'save', 'freeze'],
  'holdfast stop JOB': ['kill', 'end', 'suspend', 'pause'],
  'holdfast remove JOB': ['rm', 'delete', 'del'],
  'holdfast prune': ['gc', 'clean', 'sweep'],
};

/** The line that does what a word asks for which other tools have for it; undefined for a word that nobody uses. */
export function lineForWord(word: string): string | undefined {
  return Object.keys(lines).find((line) => lines[line]?.includes(word) === true);
}
