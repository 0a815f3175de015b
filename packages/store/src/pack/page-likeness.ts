import { pageSizeBytes } from '@holdfast/core/basics';

/** Odd, so that fields that recur at a power of two are met in every place of theirs. */
const strideWords = 17;
/** The difference of two pages that are alike has at most so many of the bytes that are not zero in the page itself. */
const likeShare = 0.6;

/** Whether a page has much in common with another one, by one in seventeen of its words: a guess that costs next to nothing. Offsets are multiples of four. */
export function areAlike(page: Buffer, offset: number, other: Buffer, otherOffset: number): boolean {
  const [words, otherWords] = [wordsOf(page, offset), wordsOf(other, otherOffset)];
  let own = 0;
  let differing = 0;
  for (let at = 0; at < words.length; at += strideWords) {
    const word = words[at] ?? 0;
    own += nonZeroBytes(word);
    differing += nonZeroBytes(word ^ (otherWords[at] ?? 0));
  }
  return differing <= own * likeShare;
}

function wordsOf(bytes: Buffer, offset: number): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset + offset, pageSizeBytes / 4);
}

function nonZeroBytes(word: number): number {
  if (word === 0) return 0;
  return ((word & 0xff) === 0 ? 0 : 1) + ((word & 0xff00) === 0 ? 0 : 1) + ((word & 0xff0000) === 0 ? 0 : 1) + (word >>> 24 === 0 ? 0 : 1);
}
