import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { missingDocker } from '@holdfast/testkit/docker';
import { describe, expect, it } from 'vitest';

const demo = fileURLToPath(new URL('../../../demo/docker/main.ts', import.meta.url));
const missing = missingDocker();
const deadlineMs = 240_000;

// docs/demo.md says what else is looked at.
describe.skipIf(missing !== undefined)(`script/demo docker${missing === undefined ? '' : ` (${missing})`}`, () => {
  it(
    'brings a container whose node is lost after a Spot notice to its end on another node, with the same bytes as an undisturbed run',
    async () => {
      const words = [demo, '--notice', '--bases', '8000000', '--interval', '2s', '--moment', '0'];
      const options = { timeout: deadlineMs, maxBuffer: 1e7, killSignal: 'SIGTERM' } as const;
      const { stdout } = await promisify(execFile)(process.execPath, words, options).catch((error: { stdout: string; stderr: string }) => {
        throw new Error(`${error.stdout}${error.stderr}`);
      });
      expect(stdout).toContain('Every byte is the same as if nothing had happened.');
      expect(stdout).toMatch(/◆ frozen +for good: safe \d/u);
    },
    deadlineMs + 30_000,
  );
});
