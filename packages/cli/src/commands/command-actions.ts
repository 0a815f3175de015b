import type { CommandName } from '../line/command-definition.js';
import type { CommandAction } from './command-context.js';

/** Each command is loaded only when it is called: the others cost no start-up time. */
export const commandActions: Readonly<Record<CommandName, () => Promise<CommandAction>>> = {
  run: async () => (await import('./run.js')).run,
  list: async () => (await import('./list.js')).list,
  show: async () => (await import('./show.js')).show,
  verify: async () => (await import('./verify.js')).verify,
  snapshot: async () => (await import('./snapshot.js')).snapshot,
  stop: async () => (await import('./stop.js')).stop,
  agent: async () => (await import('./agent/agent.js')).agent,
  install: async () => (await import('./install/install.js')).install,
  uninstall: async () => (await import('./install/uninstall.js')).uninstall,
  prune: async () => (await import('./prune.js')).prune,
  remove: async () => (await import('./remove.js')).remove,
  export: async () => (await import('./export.js')).exportArchive,
  import: async () => (await import('./import.js')).importArchive,
  fork: async () => (await import('./fork.js')).fork,
  key: async () => (await import('./key.js')).key,
  storage: async () => (await import('./storage/storage.js')).storage,
  catalog: async () => (await import('./catalog/catalog.js')).catalog,
  doctor: async () => (await import('./doctor.js')).doctor,
  completion: async () => (await import('./completion.js')).completion,
  __complete: async () => (await import('./complete.js')).complete,
};
