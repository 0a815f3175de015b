/** An event as `holdfast run --json` prints it, or the last line, `result`. */
export interface ReportedEvent {
  readonly type: string;
  readonly at?: string;
  readonly attempt?: string;
  readonly [field: string]: unknown;
}

/** Undefined for what the job itself printed. */
export function parseReported(line: string): ReportedEvent | undefined {
  if (!line.startsWith('{"')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    if ('error' in value && !('type' in value)) return { type: 'error', error: value.error };
    return 'type' in value && typeof value.type === 'string' ? { ...value, type: value.type } : undefined;
  } catch {
    return undefined;
  }
}

export function numberField(event: ReportedEvent, field: string): number | undefined {
  const value = event[field];
  return typeof value === 'number' ? value : undefined;
}

export function textField(event: ReportedEvent, field: string): string | undefined {
  const value = event[field];
  return typeof value === 'string' ? value : undefined;
}
