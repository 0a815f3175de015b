export type { ServerSession, SessionTarget } from './server-sessions.js';
export { serverSessions } from './server-sessions.js';
