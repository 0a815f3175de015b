import { expect, test } from 'vitest';
import { agentUnit } from '../../src/install/agent-unit.js';

const startOf = (words: readonly string[]): string | undefined => /^ExecStart=(.*)$/mu.exec(agentUnit(words, '/run/h/agent-expected'))?.[1];

test('the unit starts the command; words that systemd would read otherwise are escaped', () => {
  expect(startOf(['/usr/bin/node', '/usr/lib/holdfast/main.js', 'agent'])).toBe('/usr/bin/node /usr/lib/holdfast/main.js agent');
  expect(startOf(['/opt/my node', '--x="y\\z"', '50%', '$HOME'])).toBe(String.raw`"/opt/my node" "--x=\"y\\z\"" 50%% $$HOME`);
});

test('the agent comes back by itself, and its end leaves containers alone', () => {
  const unit = agentUnit(['/x'], '/run/h/agent-expected');
  const note = String.raw`ExecStartPre=-/bin/sh -c ": > \"$$0\"" /run/h/agent-expected`;
  for (const line of [
    note,
    'Nice=-10',
    'Environment=UV_THREADPOOL_SIZE=64',
    'Restart=always',
    'KillMode=process',
    'RuntimeDirectoryPreserve=yes',
    'Before=docker.service ecs.service',
  ])
    expect(unit.split('\n')).toContain(line);
});
