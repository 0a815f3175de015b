import { join } from 'node:path';
import { isExecutable } from '../is-executable.js';

/** Why no Docker can be started here, as a sentence for a skipped test; undefined where it can be, and always in CI: there the test fails by what is missing. */
export function missingDocker(): string | undefined {
  if (process.env['CI'] === 'true') return undefined;
  if (process.getuid?.() !== 0) return 'Docker needs root';
  return isExecutable(join(folder(), 'dockerd')) ? undefined : sentence;
}

/** The folder of the programs that bootstrap brought, in which the daemons find each other. Throws where it did not. */
export function dockerPrograms(): string {
  if (!isExecutable(join(folder(), 'dockerd'))) throw new Error(sentence);
  return folder();
}

const sentence = 'Docker is not in HOLDFAST_DOCKER: script/bootstrap --for test brings it, or says why it cannot';

function folder(): string {
  return process.env['HOLDFAST_DOCKER'] ?? '/nonexistent';
}
