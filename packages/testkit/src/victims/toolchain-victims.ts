import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Victim } from './victim.js';

/** One C file of a generated program: loops that the optimiser works on for a while. */
function unitText(number: number): string {
  const functions = Array.from(
    { length: 40 },
    (_, index) => `unsigned long f_${number}_${index}(unsigned long n) {
  unsigned long table[64];
  for (int i = 0; i < 64; i++) table[i] = n * ${index + 3} + (unsigned long)i * ${number + 7};
  for (int round = 0; round < 16; round++)
    for (int i = 1; i < 64; i++) table[i] ^= (table[i - 1] << (i % 13)) + (table[(i * ${index + 1}) % 64] >> 3);
  return table[${(number * 7 + index) % 64}];
}
`,
  );
  return functions.join('');
}

function mainText(units: number): string {
  const calls = Array.from({ length: units }, (_, unit) => `  sum ^= f_${unit}_${unit % 40}(sum + ${unit});\n`);
  const declared = Array.from({ length: units }, (_, unit) => `unsigned long f_${unit}_${unit % 40}(unsigned long);\n`);
  return `#include <stdio.h>\n${declared.join('')}int main(void) {\n  unsigned long sum = 1;\n${calls.join('')}  printf("%lx\\n", sum);\n  return 0;\n}\n`;
}

async function writeTree(directory: string, units: number): Promise<void> {
  await mkdir(join(directory, 'units'), { recursive: true });
  for (let unit = 0; unit < units; unit += 1) await writeFile(join(directory, 'units', `unit-${unit}.c`), unitText(unit));
  await writeFile(join(directory, 'main.c'), mainText(units));
}

const makefile = `units := $(patsubst %.c,%.o,$(wildcard units/*.c))
answer.txt: program
\t./program > answer.txt
program: main.o $(units)
\tgcc -o $@ main.o $(sort $(units))
%.o: %.c
\tgcc -O2 -c -o $@ $<
`;

export const toolchainVictims: readonly Victim[] = [
  {
    name: 'make',
    about: 'make -j4 over a tree of C files: processes forked and waited for at any time',
    expectedSeconds: 8,
    requires: ['make', 'gcc'],
    async prepare(directory, { scale }) {
      await writeTree(directory, Math.ceil(24 * scale));
      await writeFile(join(directory, 'Makefile'), makefile);
      return { command: ['/bin/sh', '-c', 'rm -f program answer.txt main.o units/*.o; exec make -s -j4'], outputs: ['answer.txt', 'program'] };
    },
  },
  {
    name: 'gcc',
    about: 'one compiler after another, with temporary files in the private /tmp',
    expectedSeconds: 7,
    requires: ['gcc'],
    async prepare(directory, { scale }) {
      const units = Math.ceil(14 * scale);
      await writeTree(directory, units);
      const line = `rm -f units/*.o; : > done.txt; n=0; while [ $n -lt ${units} ]; do gcc -O2 -no-pie -c -o units/unit-$n.o units/unit-$n.c && sha256sum units/unit-$n.o >> done.txt; n=$((n+1)); done`;
      return { command: ['/bin/sh', '-c', line], outputs: ['done.txt'] };
    },
  },
  {
    name: 'xargs',
    about: 'four children at a time, each a shell with a pipe',
    expectedSeconds: 6,
    requires: ['xargs', 'sha256sum'],
    async prepare(directory, { scale }) {
      await mkdir(join(directory, 'parts'), { recursive: true });
      const tasks = Math.ceil(500 * scale);
      const task = 'seq $0 $(($0 + 30000)) | sha256sum > parts/$0';
      const line = `rm -f parts/*; seq ${tasks} | xargs -P 4 -n 1 sh -c '${task}' && cat $(ls parts/* | sort) > parts.txt`;
      return { command: ['/bin/sh', '-c', line], outputs: ['parts.txt'] };
    },
  },
];
