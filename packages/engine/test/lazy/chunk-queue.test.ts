import { expect, test } from 'vitest';
import { ChunkQueue } from '../../src/lazy/chunk-queue.js';

function drain(queue: ChunkQueue): readonly string[] {
  const taken: string[] = [];
  for (let chunk = queue.take(); chunk !== undefined; chunk = queue.take()) taken.push(`${chunk.pid}:${chunk.firstPage}`);
  return taken;
}

test('every chunk that has a missing page comes once, by process and address', () => {
  const queue = new ChunkQueue([]);
  queue.need(7, { firstPage: 300, pageCount: 10 });
  queue.need(7, { firstPage: 500, pageCount: 300 });
  queue.need(3, { firstPage: 0, pageCount: 1 });
  expect(drain(queue)).toEqual(['7:256', '7:512', '7:768', '3:0']);
  expect(drain(queue)).toEqual([]);
});

test('what somebody waits for comes first, then what was touched first before, and nothing twice', () => {
  const queue = new ChunkQueue([
    { pid: 7, firstPage: 1024 },
    { pid: 7, firstPage: 512 },
    { pid: 9, firstPage: 0 },
  ]);
  queue.need(7, { firstPage: 0, pageCount: 1280 });
  queue.hurry(7, 300);
  queue.hurry(7, 800);
  queue.hurry(7, 99_999);
  expect(queue.take()).toEqual({ pid: 7, firstPage: 768, urgent: true });
  queue.hurry(7, 801);
  expect(drain(queue)).toEqual(['7:256', '7:1024', '7:512', '7:0']);
});
