import type { Socket } from 'node:net';

const longestLineBytes = 1 << 20;

/** Calls back for each whole line that the socket gives. One that is too long ends the connection. */
export function readLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLineBytes) socket.destroy();
    for (const line of lines) if (line !== '') onLine(line);
  });
}
