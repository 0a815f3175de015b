import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Victim } from '../victim.js';
import { inShell, overInput, overLines, shellLine, sourceOf } from './over-files.js';

const bin = '/usr/bin';

/** A script of the shell that has much to be said about. */
function scriptText(functions: number): string {
  const parts = Array.from(
    { length: functions },
    (_, at) =>
      `part_${at}() {\n  local list=$1 n\n  for n in $list; do [ $n = "$2" ] && echo "$n ${at}" | grep -v ${at} | cat; done\n  cd $3; rm -rf $UNSET_${at}/*\n}\n`,
  );
  return `#!/bin/bash\n${parts.join('')}`;
}

export const interpreters: readonly Victim[] = [
  sourceOf({ name: 'r', about: 'R: vectors, data frames, its own random numbers', requires: [`${bin}/Rscript`] }, 'models.R', 500, ['--vanilla']),
  sourceOf({ name: 'ruby', about: 'Ruby: hashes, strings, threads, fibers', requires: [`${bin}/ruby`] }, 'words.rb', 900),
  sourceOf({ name: 'lua', about: 'Lua: tables, coroutines', requires: [`${bin}/lua5.4`] }, 'tables.lua', 600),
  sourceOf({ name: 'php', about: 'PHP: arrays, generators', requires: [`${bin}/php8.2`] }, 'arrays.php', 180),
  sourceOf({ name: 'tcl', about: 'Tcl: lists, dictionaries', requires: [`${bin}/tclsh`] }, 'lists.tcl', 200),
  sourceOf(
    { name: 'sbcl', about: 'Common Lisp: compiled at the start, a garbage collector that moves', requires: [`${bin}/sbcl`] },
    'trees.lisp',
    1200,
    ['--script'],
  ),
  sourceOf(
    { name: 'erlang', about: 'Erlang: a virtual machine with schedulers, thousands of processes', requires: [`${bin}/escript`] },
    'ring.erl',
    300,
  ),
  sourceOf({ name: 'prolog', about: 'Prolog: search with much to go back', requires: [`${bin}/swipl`] }, 'queens.pl', 500),
  shellLine(
    { name: 'gp', about: 'PARI: large numbers are factored', requires: [`${bin}/gp`] },
    22,
    `rm -f answer.txt; echo 'setrand(7); for(i=1,N,write("answer.txt",factor(nextprime(random(10^25))*nextprime(random(10^26)))))' | /usr/bin/gp -qf`,
    ['answer.txt'],
  ),
  overLines({ name: 'gawk', about: 'GNU awk, which starts itself anew at a fixed address', requires: [`${bin}/gawk`] }, 1_000_000, {
    command: [
      `${bin}/gawk`,
      `{ s = $1 $3; n = 0; for (i = 1; i <= length(s); i++) n = (n * 31 + index("0123456789abcdefghijklmnopqrstuvwxyz", substr(s, i, 1))) % 10007; count[n]++; last[n] = $1 }
END { for (i = 0; i < 10007; i++) print i, count[i], last[i] > "answer.txt" }`,
      'lines.txt',
    ],
    outputs: ['answer.txt'],
  }),
  shellLine(
    { name: 'bc', about: 'a calculator that is given its input by a pipe', requires: [`${bin}/bc`] },
    180,
    'echo "scale=300; for (i = 1; i <= N; i++) { a(i / 9) + e(i / 7) }" | /usr/bin/bc -lq > answer.txt',
    ['answer.txt'],
  ),
  overInput(
    { name: 'shellcheck', about: 'a program in Haskell: a runtime that reserves a terabyte of addresses', requires: [`${bin}/shellcheck`] },
    700,
    (directory, functions) => writeFile(join(directory, 'script.sh'), scriptText(functions)),
    inShell('/usr/bin/shellcheck --norc -f gcc script.sh > said.txt; test -s said.txt', ['said.txt']),
  ),
  overLines(
    { name: 'ripgrep', about: 'a program in Rust with a pool of threads', requires: [`${bin}/rg`] },
    1_500_000,
    inShell(
      'for word in a b c d e f g h i j k l m n o p q r s t u v w x; do /usr/bin/rg -j 2 --no-config -c "(\\d+$word.*){3}[aeiou]{2}$\\w*" lines.txt; /usr/bin/rg --no-config -o "$word.[0-9]+ .*[$word-z]+" lines.txt | sha256sum; done > answer.txt',
      ['answer.txt'],
    ),
  ),
];
