import type { ServerResponse } from 'node:http';
import { HoldfastError } from '@holdfast/core';
import { http } from '../http.js';

export interface MetricsServer extends AsyncDisposable {
  readonly port: number;
}

/** Lets Prometheus read `/metrics` at this address, over plain HTTP and without asking who it is. Rejects with HF_CONFIG where nobody can listen there. */
export async function serveMetrics(
  listen: { readonly host: string; readonly port: number },
  metrics: { readonly contentType: string; readonly text: () => Promise<string> },
): Promise<MetricsServer> {
  const server = http().createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return end(response, request.method === 'GET' ? 404 : 405, 'text/plain', '');
    metrics.text().then(
      (text) => end(response, 200, metrics.contentType, text),
      () => end(response, 500, 'text/plain', ''),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(cannotListen(listen, cause)));
    server.listen(listen.port, listen.host, resolve);
  });
  // Whoever reads must not keep an agent that ends.
  server.unref();
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : listen.port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

function cannotListen({ host, port }: { readonly host: string; readonly port: number }, cause: Error): HoldfastError {
  return new HoldfastError('HF_CONFIG', {
    kind: 'invalid-argument',
    message: `nobody can listen at ${host}:${port} for metrics: ${cause.message}`,
    operation: 'agent',
    hint: "Give 'agent.metrics.listen' an address of this machine and a port that is free",
    cause,
  });
}
