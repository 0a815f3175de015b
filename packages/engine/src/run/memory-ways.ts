import type { Logger } from '@holdfast/core';
import type { RunningContainer } from '../container/running-container.js';
import type { EngineTools } from '../container/tools.js';
import { coversOf } from '../cover/covers.js';
import { twinsOf } from '../twin/twins-of.js';
import type { RunContext } from './run-context.js';

export interface MemoryWaysOptions {
  readonly coverMemory: 'off' | 'auto';
  /** On a tmpfs; made when it is wanted. */
  readonly coverFolder: string;
  readonly logger: Logger;
}

/** By what the memory of a job's snapshots is read while it runs on. */
export function memoryWays(
  container: RunningContainer,
  tools: EngineTools,
  { coverMemory, coverFolder, logger }: MemoryWaysOptions,
): Pick<RunContext, 'twins' | 'covers'> {
  return { twins: twinsOf(container, tools, logger), covers: coversOf(container, tools, { setting: coverMemory, folder: coverFolder, logger }) };
}
