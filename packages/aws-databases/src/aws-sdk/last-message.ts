interface Event {
  readonly Date?: Date | undefined;
  readonly Message?: string | undefined;
}

/** Of the latest event: AWS promises no order. Undefined where there is none. */
export function lastMessage(events: readonly Event[]): string | undefined {
  return events.toSorted((one, other) => timeOf(one) - timeOf(other)).at(-1)?.Message;
}

function timeOf({ Date: at }: Event): number {
  return at?.getTime() ?? 0;
}
