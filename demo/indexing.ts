import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, type Victim } from '@holdfast/testkit/victims';

const outputs = ['amb', 'ann', 'bwt', 'pac', 'sa'].map((ending) => `genome.fa.${ending}`);

/** bwa indexes a genome. Each run gets a copy of the same. */
export function indexing(genome: string): Victim & { readonly outputs: readonly string[] } {
  const bwa = findProgram('bwa');
  if (bwa === undefined) throw new Error('bwa is not on this machine; script/demo installs it where apt-get is there (apt-get install bwa)');
  return {
    name: 'bwa',
    about: 'indexing a genome',
    expectedSeconds: 45,
    requires: [bwa],
    outputs,
    async prepare(directory) {
      await copyFile(genome, join(directory, 'genome.fa'));
      return { command: [bwa, 'index', '-a', 'bwtsw', 'genome.fa'], outputs };
    },
  };
}
