/** The signals that ask the command to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface SignalSource {
  /** Calls the listener at each signal until it is disposed; the process does not die of them meanwhile. */
  subscribe(listener: (signal: StopSignal) => void): Disposable;
}

const numbers = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 } as const;

export function signalNumber(signal: StopSignal | 'SIGKILL'): number {
  return numbers[signal];
}
