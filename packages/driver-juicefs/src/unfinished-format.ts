/** Whether an object may be left by a format that was killed, and is none of a volume's data: its mark, and what the client tries a bucket with. Pure. */
export function isOfUnfinishedFormat(volume: string, key: string): boolean {
  return key === `${volume}/juicefs_uuid` || key.startsWith(`${volume}/testing/`);
}
