import { HoldfastError } from '@holdfast/core';
import type { MachineDescription } from './machine.js';

/**
 * Throws HF_MACHINE_MISMATCH where the job could not come back on this machine, or would die of it later: another architecture, a processor without
 * instructions that the job may use, a CRIU older than the one that wrote the images. What either side does not tell is not compared. Pure.
 */
export function assertFits(recorded: MachineDescription, here: MachineDescription, snapshot: number): void {
  if (recorded.architecture !== here.architecture) {
    throw mismatch(
      `snapshot ${snapshot} was taken on ${recorded.architecture}, and this machine is ${here.architecture}`,
      `resume on ${recorded.architecture}; machine code does not move between architectures`,
    );
  }
  const missing = missingFeatures(recorded, here);
  if (missing.length > 0) {
    throw mismatch(
      `this machine's processor (${here.cpu?.model}) lacks ${missing.join(', ')}, which the job may use: snapshot ${snapshot} was taken on ${recorded.cpu?.model}`,
      `resume on a machine that has ${missing.length === 1 ? 'it' : 'them'} (of the same family, or a newer one); let a job that has to move start on the oldest kind of machine it may come to`,
    );
  }
  if (isOlder(here.criu, recorded.criu)) {
    throw mismatch(
      `CRIU ${here.criu} of this machine is older than CRIU ${recorded.criu}, which wrote snapshot ${snapshot}`,
      `bring CRIU ${recorded.criu} or newer to this machine; script/bootstrap brings one`,
    );
  }
}

function missingFeatures(recorded: MachineDescription, here: MachineDescription): readonly string[] {
  if (recorded.cpu === undefined || here.cpu === undefined) return [];
  const own = new Set(here.cpu.features);
  return recorded.cpu.features.filter((feature) => !own.has(feature));
}

/** By the first two numbers: what comes behind them changes no image. */
function isOlder(version: string | undefined, other: string | undefined): boolean {
  const [one, two] = [version, other].map((text) =>
    /^(\d+)\.(\d+)/
      .exec(text ?? '')
      ?.slice(1)
      .map(Number),
  );
  if (one === undefined || two === undefined) return false;
  const [major = 0, minor = 0] = one;
  const [otherMajor = 0, otherMinor = 0] = two;
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

function mismatch(message: string, hint: string): HoldfastError {
  return new HoldfastError('HF_MACHINE_MISMATCH', { message, kind: 'unsupported', operation: 'restore', hint });
}
