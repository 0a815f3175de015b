import type { MachineSessions } from '@holdfast/core';

/** Notes that the place is to stay attached, unless `check` throws then: one who gave up is left nothing that stays. */
export async function stayLasting(sessions: MachineSessions, check: () => void): Promise<void> {
  const was = await sessions.isLasting();
  await sessions.setLasting(true);
  try {
    check();
  } catch (error) {
    if (!was) await sessions.setLasting(false);
    throw error;
  }
}
