import { differences, missingRequirement, victims } from '@holdfast/testkit/victims';
import { describe, expect, it } from 'vitest';
import { forget, survive } from './interruptions.js';

const interruptions = 3;

describe('a job whose machine is lost three times ends with the same bytes', () => {
  for (const victim of victims) {
    const missing = missingRequirement(victim);
    const title = `${victim.name}: ${victim.about}`;
    if (missing !== undefined && process.env['CI'] !== 'true') {
      it.skip(`${title} (${missing} is not on this machine)`);
      continue;
    }
    it(title, async () => {
      expect(missing, 'a program that the test needs is missing').toBeUndefined();
      const survived = await survive(victim, interruptions, 0.8);
      expect(survived.status, `logs are in ${survived.folder}`).toBe(0);
      expect(survived.interruptions, 'the victim ended before it was interrupted often enough').toBe(interruptions);
      expect(differences(survived.expected, survived.found)).toEqual([]);
      for (const { told, from } of survived.resumes) expect(from, 'the snapshot it was resumed from').toBeGreaterThanOrEqual(told);
      await forget(survived.folder);
    }, 400_000);
  }
});
