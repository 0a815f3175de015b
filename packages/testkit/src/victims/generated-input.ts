import { closeSync, openSync, writeSync } from 'node:fs';

/** A generator of 32-bit numbers (xorshift): the same numbers for the same seed on every machine. */
export function numbersFrom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** Writes a genome of so many bases as FASTA, with the repeats that a real one has. */
export function writeGenome(path: string, bases: number, seed: number): void {
  const next = numbersFrom(seed);
  const line = 60;
  writeInPieces(path, function* () {
    yield '>generated\n';
    let last = '';
    for (let written = 0; written < bases; written += line) {
      const repeated = last !== '' && next() % 16 === 0;
      if (!repeated) last = Array.from({ length: line }, () => 'ACGT'[next() >>> 30]).join('');
      yield `${last}\n`;
    }
  });
}

/** Writes so many lines of words and numbers, in no order. */
export function writeLines(path: string, lines: number, seed: number): void {
  const next = numbersFrom(seed);
  writeInPieces(path, function* () {
    for (let line = 0; line < lines; line += 1) {
      yield `${next().toString(36)} ${next() % 1000} ${next().toString(16)} ${(line % 97).toString().padStart(3, '0')}\n`;
    }
  });
}

/** Writes so many samples of sound: a wave that wanders, 16 bits each. */
export function writeSamples(path: string, samples: number, seed: number): void {
  const next = numbersFrom(seed);
  const file = openSync(path, 'w');
  try {
    const block = new Int16Array(65_536);
    for (let written = 0, level = 0; written < samples; written += block.length) {
      for (let at = 0; at < block.length; at += 1) {
        level = Math.max(-30_000, Math.min(30_000, level + (next() % 401) - 200));
        block[at] = level;
      }
      writeSync(file, block);
    }
  } finally {
    closeSync(file);
  }
}

/** Writes what the generator yields, some thousand pieces at a time. */
export function writeInPieces(path: string, pieces: () => Generator<string>): void {
  const file = openSync(path, 'w');
  try {
    let gathered: string[] = [];
    for (const piece of pieces()) {
      gathered.push(piece);
      if (gathered.length < 16_384) continue;
      writeSync(file, gathered.join(''));
      gathered = [];
    }
    writeSync(file, gathered.join(''));
  } finally {
    closeSync(file);
  }
}
