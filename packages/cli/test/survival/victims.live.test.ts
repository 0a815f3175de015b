import { differences, missingRequirement, victims } from '@holdfast/testkit/victims';
import { describe, expect, it } from 'vitest';
import { forget, surviveRuns } from './interruptions.js';

const interruptions = 2;
/** One of each kind; the other victims are of the same kinds, and script/survival runs them all. */
const others = new Set(['node-20', 'perl', 'awk', 'gcc', 'xargs', 'zstd', 'bwa']);

describe('a job whose machine is lost twice ends with the same bytes', () => {
  for (const victim of victims.filter(({ name }) => !others.has(name))) {
    const missing = missingRequirement(victim);
    const title = `${victim.name}: ${victim.about}`;
    if (missing !== undefined && process.env['CI'] !== 'true') {
      it.skip(`${title} (${missing} is not on this machine)`);
      continue;
    }
    it(title, async () => {
      expect(missing, 'a program that the test needs is missing').toBeUndefined();
      const survived = await surviveRuns(victim, interruptions, 0.6);
      expect(survived.status, `logs are in ${survived.folder}`).toBe(0);
      expect(survived.interruptions, 'the victim ended before it was interrupted often enough').toBe(interruptions);
      expect(differences(survived.expected, survived.found)).toEqual([]);
      for (const { told, from } of survived.resumes) expect(from, 'the snapshot it was resumed from').toBeGreaterThanOrEqual(told);
      await forget(survived.folder);
    }, 400_000);
  }
});
