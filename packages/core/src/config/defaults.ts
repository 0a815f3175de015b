/** Where this machine's own files are, unless configured. */
export const defaultStateDirectory = '/var/lib/holdfast';

/** Where the node's agent listens, unless configured. */
export const defaultAgentSocket = '/run/holdfast/agent.sock';
