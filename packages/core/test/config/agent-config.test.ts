import { parseDeploymentConfig } from '@holdfast/core';
import { expect, test } from 'vitest';

const agentOf = (agent: unknown) => parseDeploymentConfig({ agent }).agent;

test('what the section says of the agent', () => {
  const agent = agentOf({
    socket: '/run/other/agent.sock',
    namespace: 'team-a',
    imagePaths: ['/mmc-checkpoint'],
    storageWait: '3m',
    storageUnknown: 'fail',
    otherImage: 'warn',
    docker: { socket: '/run/docker-b.sock' },
    spot: { watch: 'on', endpoint: 'http://[fd00:ec2::254]/', interval: '1s' },
    metrics: { listen: '127.0.0.1:9464' },
  });
  expect(agent).toEqual({
    socket: '/run/other/agent.sock',
    namespace: 'team-a',
    imagePaths: ['/mmc-checkpoint'],
    storageWaitMs: 180_000,
    storageUnknown: 'fail',
    otherImage: 'warn',
    docker: { socket: '/run/docker-b.sock' },
    spot: { watch: 'on', endpoint: 'http://[fd00:ec2::254]', intervalMs: 1000 },
    metrics: { listen: { host: '127.0.0.1', port: 9464 } },
  });
});

test.each([
  ['[::1]:9464', { host: '::1', port: 9464 }],
  ['0.0.0.0:1', { host: '0.0.0.0', port: 1 }],
  ['node-7.internal:65535', { host: 'node-7.internal', port: 65_535 }],
])('metrics may be read at %s', (listen, address) => {
  expect(agentOf({ metrics: { listen } }).metrics.listen).toEqual(address);
});

test.each([
  [{ metrics: { listen: '9464' } }, "'agent.metrics.listen': '9464' is no address and port"],
  [{ metrics: { listen: 'localhost:0' } }, "'localhost:0' is no address and port"],
  [{ metrics: { listen: '::1:80' } }, "'::1:80' is no address and port"],
  [{ metrics: { listen: 'h:65536' } }, "'h:65536' is no address and port"],
  [{ spot: { interval: '6s' } }, "'agent.spot.interval': it is not between 1ms and 5s"],
  [{ spot: { interval: '0s' } }, "'agent.spot.interval'"],
  [{ spot: { watch: 'yes' } }, '\'agent.spot.watch\' is "yes"'],
  [{ spot: { endpoint: 'http://169.254.169.254/latest' } }, 'is no http: URL without a path'],
  [{ spot: { endpoint: 'ftp://x' } }, "'ftp://x' is no http: URL"],
  [{ namespace: 'a/b' }, "'a/b' is no beginning of a job's name"],
  [{ namespace: 'team.a' }, "'team.a' is no beginning of a job's name"],
  [{ namespace: 'a'.repeat(33) }, "is no beginning of a job's name: letters, digits, _ and -, 32 at most"],
  [{ storageUnknown: 'wait' }, '\'agent.storageUnknown\' is "wait"'],
  [{ otherImage: 'older' }, '\'agent.otherImage\' is "older"'],
  [{ imagePaths: ['relative'] }, "'relative' is no absolute path"],
  [{ sockets: '/x' }, "'agent.sockets' is no known key: did you mean 'socket'?"],
])('%j is refused', (section, said) => {
  expect(() => agentOf(section)).toThrow(said);
});
