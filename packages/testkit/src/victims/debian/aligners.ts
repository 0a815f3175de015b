import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeGenome } from '../generated-input.js';
import type { Victim } from '../victim.js';
import { inShell, overInput } from './over-files.js';
import { writeFamily, writeReads } from './sequences.js';

const bin = '/usr/bin';

/** A genome of a million bases and so many reads of it. */
function reads(length: number) {
  return async (directory: string, count: number): Promise<void> => {
    writeGenome(join(directory, 'genome.fa'), 1_000_000, 3);
    writeReads(join(directory, 'reads.fq'), await readFile(join(directory, 'genome.fa'), 'latin1'), count, length, 13);
  };
}

const family = (directory: string, members: number): void => writeFamily(join(directory, 'family.fa'), members, 300, 17);

export const aligners: readonly Victim[] = [
  overInput(
    { name: 'minimap2', about: 'an aligner in C with two threads that work in turns', requires: [`${bin}/minimap2`] },
    7000,
    reads(3000),
    inShell('exec /usr/bin/minimap2 -t 2 -c genome.fa reads.fq > reads.paf', ['reads.paf']),
  ),
  overInput(
    { name: 'bowtie2', about: 'an aligner in C++ behind a program in Perl, with two threads', requires: [`${bin}/bowtie2`, `${bin}/bowtie2-build`] },
    60_000,
    reads(150),
    inShell('/usr/bin/bowtie2-build -q genome.fa index && exec /usr/bin/bowtie2 -p 2 --reorder -x index -U reads.fq -S reads.sam', ['reads.sam']),
  ),
  overInput(
    { name: 'bwa-mem', about: 'an aligner whose output is sorted by another program, through a pipe', requires: [`${bin}/bwa`, `${bin}/samtools`] },
    50_000,
    reads(150),
    inShell(
      '/usr/bin/bwa index genome.fa && /usr/bin/bwa mem -t 2 genome.fa reads.fq | /usr/bin/samtools sort --no-PG -m 4M -T sorting -o reads.bam -',
      ['reads.bam'],
    ),
  ),
  overInput(
    { name: 'mafft', about: 'an aligner of many programs that a shell script calls', requires: [`${bin}/mafft`] },
    240,
    family,
    inShell('exec /usr/bin/mafft --quiet --localpair --maxiterate 3 --thread 1 family.fa > aligned.fa', ['aligned.fa']),
  ),
  overInput({ name: 'clustalo', about: 'an aligner in C++ with OpenMP', requires: [`${bin}/clustalo`] }, 300, family, {
    command: [`${bin}/clustalo`, '--threads=2', '--force', '-i', 'family.fa', '-o', 'aligned.fa'],
    outputs: ['aligned.fa'],
  }),
  overInput(
    { name: 'hmmer', about: 'a search in a model, with a master and workers', requires: [`${bin}/phmmer`] },
    600,
    family,
    inShell(
      "head -n 16 family.fa > queries.fa; /usr/bin/phmmer --cpu 2 --noali --tblout hits.tbl queries.fa family.fa > /dev/null && grep -v '^#' hits.tbl > hits.txt",
      ['hits.txt'],
    ),
  ),
  overInput(
    { name: 'blast', about: 'a search with a database in mapped files, in C++', requires: [`${bin}/blastn`, `${bin}/makeblastdb`] },
    5000,
    reads(300),
    inShell(
      "sed -n '1~4s/^@/>/p;2~4p' reads.fq > reads.fa; /usr/bin/makeblastdb -in genome.fa -dbtype nucl -out index > /dev/null && exec /usr/bin/blastn -task blastn -num_threads 2 -db index -query reads.fa -outfmt 6 -out hits.txt",
      ['hits.txt'],
    ),
  ),
];
