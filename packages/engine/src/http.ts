import type * as nodeHttp from 'node:http';
import process from 'node:process';

/**
 * Node's HTTP, for whoever uses it. An import of the module by name reads all that it exports, and with it loads a second implementation of HTTP: a twentieth of the processor
 * time of a command, most of which ask nobody by HTTP.
 */
export function http(): typeof nodeHttp {
  return process.getBuiltinModule('node:http');
}
