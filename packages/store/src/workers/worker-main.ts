// A thread that does the arithmetic of blocks: started by thread-pool.ts, ends with it.
import { parentPort, workerData } from 'node:worker_threads';
import { BlockBench } from './block-bench.js';
import { isWorkerStart, type TaskAnswer, type TaskMessage } from './tasks.js';

const start: unknown = workerData;
if (!isWorkerStart(start)) throw new TypeError('this thread is started by the store only');
const bench = new BlockBench(start);

const port = parentPort;
port?.on('message', ({ number, task }: TaskMessage) => {
  const answer: TaskAnswer = { number, result: perform(task) };
  port.postMessage(answer, []);
});

function perform(task: TaskMessage['task']): TaskAnswer['result'] {
  try {
    return bench.perform(task);
  } catch (error) {
    return { name: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
