/** An end by a fault's signal after CRIU was killed is not the job's own. */
const faultSignals = [4, 5, 7, 11];

/** The fault's signal of a job whose CRIU was killed while it had the job in its hands; undefined for every other end. */
export function faultOfDisturbed(exitCode: number | undefined, disturbed: boolean): number | undefined {
  const fault = exitCode === undefined ? undefined : exitCode - 128;
  return disturbed && fault !== undefined && faultSignals.includes(fault) ? fault : undefined;
}
