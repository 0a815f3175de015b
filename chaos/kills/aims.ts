import type { Phase } from './phase.ts';
import type { Target } from './plan.ts';

/** What is killed in which phase; what is there twice is killed twice as often, nothing where the phase does not come. */
export type Aims = Readonly<Record<Phase, readonly Target[]>>;

const always: readonly Target[] = ['everything', 'everything', 'everything', 'holdfast', 'holdfast', 'repository'];
const withJob: readonly Target[] = [...always, 'keeper', 'keeper', 'main', 'init'];

export const ordinary: Aims = {
  starting: ['everything', 'everything', 'holdfast'],
  'restoring-files': always,
  'restoring-memory': [...always, 'keeper', 'criu', 'criu', 'runc', 'runc'],
  fetching: [],
  running: withJob,
  'pre-copy': withJob,
  frozen: [...withJob, 'criu', 'criu', 'runc', 'runc'],
  persisting: withJob,
  committing: always,
  pruning: always,
  finishing: ['everything', 'everything', 'holdfast', 'keeper'],
};

/** Where memory comes from twins and goes back lazily: the parts that do it, while they do. */
export const twins: Aims = {
  starting: [],
  'restoring-files': [],
  'restoring-memory': ['pager', 'pager', 'criu', 'criu', 'repository', 'keeper', 'holdfast'],
  fetching: ['pager', 'spare', 'pager-and-keeper', 'pager-and-keeper', 'repository', 'repository', 'keeper', 'holdfast', 'everything'],
  running: [],
  'pre-copy': ['twin', 'twin', 'holdfast'],
  frozen: ['twin', 'twin', 'twin', 'criu', 'criu', 'holdfast', 'keeper', 'everything'],
  persisting: ['twin', 'twin', 'repository', 'holdfast', 'keeper', 'everything'],
  committing: [],
  pruning: [],
  finishing: [],
};

/** Where all memory comes back before the job runs. */
export function eagerly(aims: Aims): Aims {
  return { ...aims, fetching: [], 'restoring-memory': aims['restoring-memory'].filter((target) => target !== 'pager') };
}
