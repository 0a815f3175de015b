import { numbersFrom, writeInPieces } from '../generated-input.js';

/** Writes so many reads of a genome of `writeGenome`'s, as FASTQ, with an error in a hundred bases. */
export function writeReads(path: string, genome: string, reads: number, length: number, seed: number): void {
  const next = numbersFrom(seed);
  const bases = genome.replace(/^>.*\n/, '').replaceAll('\n', '');
  writeInPieces(path, function* () {
    for (let read = 0; read < reads; read += 1) {
      const begin = next() % (bases.length - length);
      yield `@read-${read}\n${changed(bases.slice(begin, begin + length), 'ACGT', 100, next)}\n+\n${'I'.repeat(length)}\n`;
    }
  });
}

/** Writes so many relatives of one protein as FASTA; one place in eight differs. */
export function writeFamily(path: string, members: number, length: number, seed: number): void {
  const next = numbersFrom(seed);
  const residues = 'ACDEFGHIKLMNPQRSTVWY';
  const first = Array.from({ length }, () => residues[next() % residues.length]).join('');
  writeInPieces(path, function* () {
    for (let member = 0; member < members; member += 1) {
      const from = next() % Math.ceil(length / 10);
      yield `>protein-${member}\n${changed(first.slice(from), residues, 8, next)}\n`;
    }
  });
}

/** One place in `oneIn` is drawn anew. */
function changed(text: string, letters: string, oneIn: number, next: () => number): string {
  return Array.from(text, (letter) => (next() % oneIn === 0 ? letters[next() % letters.length] : letter)).join('');
}
