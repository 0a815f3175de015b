import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Rounds of tasks on a pool of threads, with garbage to collect and a file to write. Tasks ROUNDS */
public class Tasks {
  static long mix(long value, int times) {
    for (int i = 0; i < times; i++) {
      value ^= value >>> 33;
      value *= 0xff51afd7ed558ccdL;
    }
    return value;
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    ConcurrentHashMap<Integer, Long> totals = new ConcurrentHashMap<>();
    try (PrintWriter out = new PrintWriter("tasks.txt")) {
      for (int round = 0; round < rounds; round++) {
        List<Future<Long>> answers = new ArrayList<>();
        for (int task = 0; task < 16; task++) {
          long seed = round * 31L + task;
          int slot = task;
          answers.add(pool.submit(() -> {
            StringBuilder garbage = new StringBuilder();
            for (int i = 0; i < 50; i++) garbage.append(mix(seed + i, 200));
            long value = mix(garbage.toString().hashCode(), 50_000);
            totals.merge(slot, value, Long::sum);
            return value;
          }));
        }
        long sum = 0;
        for (Future<Long> answer : answers) sum += answer.get();
        out.println(round + " " + Long.toHexString(sum));
        out.flush();
      }
      out.println(new TreeMap<>(totals));
    }
    pool.shutdown();
  }
}
