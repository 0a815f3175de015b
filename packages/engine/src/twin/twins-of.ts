import type { Logger } from '@holdfast/core';
import { startTwinHelper } from '@holdfast/twin';
import type { RunningContainer } from '../container/running-container.js';
import type { EngineTools } from '../container/tools.js';
import { Twins } from './twins.js';

/** The twins of a job's processes, made by the helper among the tools once they are wanted. */
export function twinsOf(container: RunningContainer, { twin: program }: Pick<EngineTools, 'twin'>, logger: Logger): Twins {
  return new Twins({ container, logger, start: () => startTwinHelper({ program }) });
}
