import type { Session, SessionOptions } from './session.js';

/** Asks the server whether it is one of a cluster. */
export function isCluster(session: Session, options?: SessionOptions): Promise<boolean> {
  return session.read(
    'catalog.open',
    async (port) => {
      try {
        await port.send('cluster', 'info');
        return true;
      } catch (error) {
        if (error instanceof Error && error.message.includes('cluster support disabled')) return false;
        throw error;
      }
    },
    options,
  );
}
