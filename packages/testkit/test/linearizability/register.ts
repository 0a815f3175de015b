import type { Model, Operation } from '@holdfast/testkit/linearizability';

export type RegisterCall = { readonly write: number } | 'read';
type RegisterOperation = Operation<RegisterCall, number>;

/** The textbook's register of numbers; a write answers 0. */
export const register: Model<number, RegisterCall, number> = {
  initial: 0,
  key: String,
  step: (state, call, answer) => {
    if (call === 'read') return answer === undefined || answer === state ? [state] : [];
    return [call.write];
  },
};

export function write(value: number, calledAt: number, answeredAt?: number): RegisterOperation {
  return { process: 'writer', call: { write: value }, calledAt, answer: answeredAt === undefined ? undefined : 0, answeredAt };
}

export function read(value: number, calledAt: number, answeredAt: number): RegisterOperation {
  return { process: 'reader', call: 'read', calledAt, answer: value, answeredAt };
}

/** By trying every order: slow, and plainly right. */
export function isLinearizable(history: readonly RegisterOperation[]): boolean {
  const search = (left: readonly RegisterOperation[], state: number): boolean => {
    if (left.every(({ answer }) => answer === undefined)) return true;
    const firstAnswer = Math.min(...left.map(({ answeredAt = Number.POSITIVE_INFINITY }) => answeredAt));
    return left.some((operation) => {
      if (operation.calledAt > firstAnswer) return false;
      const rest = left.filter((other) => other !== operation);
      const next = register.step(state, operation.call, operation.answer);
      return next.some((after) => search(rest, after)) || (operation.answer === undefined && search(rest, state));
    });
  };
  return search(history, register.initial);
}
