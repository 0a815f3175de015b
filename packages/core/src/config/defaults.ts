/** Where this machine's own files are, unless configured. */
export const defaultStateDirectory = '/var/lib/holdfast';
