// A process that starts a server, says so, and disposes of it at the end of its standard input.
import { once } from 'node:events';
import * as servers from '@holdfast/testkit/servers';

const [, , name = ''] = process.argv;
const start = (servers as unknown as Record<string, (() => Promise<servers.TestServer>) | undefined>)[name];
if (start === undefined) throw new Error(`no server is started by ${name}`);
await using _server = await start();
process.stdout.write('ready');
process.stdin.resume();
await once(process.stdin, 'end');
