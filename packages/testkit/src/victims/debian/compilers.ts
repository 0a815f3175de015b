import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Victim } from '../victim.js';
import { inShell, overInput } from './over-files.js';

const bin = '/usr/bin';

/** So many instances of templates, in one translation unit of C++. */
function cppText(instances: number): string {
  const calls = Array.from({ length: instances }, (_, at) => `  sum += Tables<${at + 3}>().sum(sum);\n`).join('');
  return `#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>
#include <string>
#include <vector>
template <int N> struct Tables {
  unsigned long sum(unsigned long seed) {
    std::map<std::string, std::vector<unsigned long>> table;
    for (int i = 0; i < N; i++) table[std::to_string(seed * i)].push_back(seed ^ i);
    std::vector<unsigned long> all;
    for (auto &[name, numbers] : table) all.insert(all.end(), numbers.begin(), numbers.end());
    std::sort(all.begin(), all.end(), [](unsigned long a, unsigned long b) { return a * N > b * N; });
    return std::accumulate(all.begin(), all.end(), seed);
  }
};
int main() {
  unsigned long sum = 1;
${calls}  std::printf("%lx\\n", sum);
}
`;
}

/** A module of Fortran with so many subroutines of nested loops. */
function fortranText(routines: number): string {
  const parts = Array.from(
    { length: routines },
    (_, at) => `  subroutine work${at}(a, n)
    integer, intent(in) :: n
    real(8), intent(inout) :: a(n, n)
    integer :: i, j, k
    do k = 2, n - 1
      do j = 2, n - 1
        do i = 2, n - 1
          a(i, j) = a(i, j) * ${at + 1}.5d0 + a(i - 1, j) * a(i, j + 1) - a(k, j) / ${at + 3}.0d0
        end do
      end do
    end do
    a = matmul(a, transpose(a)) / sum(abs(a))
  end subroutine
`,
  );
  return `module works\ncontains\n${parts.join('')}end module\n`;
}

function javaText(classes: number): string {
  const parts = Array.from(
    { length: classes },
    (_, at) => `  static final class Part${at} implements java.util.function.LongUnaryOperator {
    private final java.util.Map<String, java.util.List<Long>> table = new java.util.TreeMap<>();
    public long applyAsLong(long seed) {
      for (long i = 0; i < ${at + 2}; i++) { final long n = i; table.computeIfAbsent("k" + (seed ^ i), k -> new java.util.ArrayList<>()).add(n * seed); }
      return table.values().stream().flatMap(java.util.List::stream).mapToLong(Long::longValue).map(v -> switch ((int) (v & 3)) { case 0 -> v * ${at + 7}; case 1 -> v ^ seed; default -> ~v; }).sum();
    }
  }
`,
  );
  return `public class Parts {\n${parts.join('')}}\n`;
}

async function ninjaTree(directory: string, units: number): Promise<void> {
  await mkdir(join(directory, 'units'), { recursive: true });
  const names = Array.from({ length: units }, (_, unit) => `units/unit-${unit}`);
  await Promise.all(names.map((name, unit) => writeFile(join(directory, `${name}.cpp`), cppText(2).replace('int main', `int main${unit}`))));
  const edges = names.map((name) => `build ${name}.o: compile ${name}.cpp\n`);
  const rules = 'rule compile\n  command = g++ -O1 -c -o $out $in\nrule digest\n  command = sha256sum $in > $out\n';
  await writeFile(
    join(directory, 'build.ninja'),
    `${rules}${edges.join('')}build answer.txt: digest ${names.map((name) => `${name}.o`).join(' ')}\n`,
  );
}

export const compilers: readonly Victim[] = [
  overInput(
    { name: 'g++', about: 'a compiler of C++ with one large translation unit', requires: [`${bin}/g++`] },
    20,
    (directory, instances) => writeFile(join(directory, 'unit.cpp'), cppText(instances)),
    { command: [`${bin}/g++`, '-O2', '-c', '-o', 'unit.o', 'unit.cpp'], outputs: ['unit.o'] },
  ),
  overInput(
    { name: 'gfortran', about: 'a compiler of Fortran', requires: [`${bin}/gfortran`] },
    90,
    (directory, routines) => writeFile(join(directory, 'works.f90'), fortranText(routines)),
    { command: [`${bin}/gfortran`, '-O3', '-c', '-o', 'works.o', 'works.f90'], outputs: ['works.o'] },
  ),
  overInput(
    { name: 'javac', about: 'a compiler in the JVM, many class files', requires: [`${bin}/javac`] },
    150,
    (directory, classes) => writeFile(join(directory, 'Parts.java'), javaText(classes)),
    inShell(
      `rm -rf classes; /usr/bin/javac -d classes Parts.java && cd classes && find . -type f | LC_ALL=C sort | xargs sha256sum > ../classes.txt`,
      ['classes.txt'],
    ),
  ),
  overInput(
    { name: 'ninja', about: 'a build with four compilers of C++ at a time', requires: [`${bin}/ninja`, `${bin}/g++`] },
    6,
    ninjaTree,
    inShell('rm -f answer.txt units/*.o .ninja_*; exec /usr/bin/ninja --quiet -j4', ['answer.txt']),
  ),
];
