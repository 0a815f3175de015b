/** Fills `mib` MiB of memory, then adds up all of it again and again; a line `N SUM` each turn in `turns`, which are always the same. Ends after the turn that finds `enough`. */
export function summing(mib: number): string {
  const program = `
import os, time, zlib
page = 4096
count = ${mib} * 256
memory = bytearray(count * page)
for at in range(count):
    memory[at * page:at * page + 16] = (at * 2654435761 % 2**64).to_bytes(8, "little") * 2
open("filled", "w").close()
turn = 0
with open("turns", "a") as out:
    while True:
        turn += 1
        sum = 0
        for at in range(0, count * page, 1 << 20):
            sum = zlib.adler32(memory[at:at + (1 << 20)], sum)
        place = turn % count * page + 8
        before, memory[place] = memory[place], turn % 256
        memory[place] = before
        out.write("%d %d\\n" % (turn, sum)); out.flush()
        if os.path.exists("enough"): break
        time.sleep(0.05)
`;
  return `exec python3 -c '${program}'`;
}
