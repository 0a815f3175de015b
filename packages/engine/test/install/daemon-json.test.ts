import { expect, test } from 'vitest';
import { withoutRuntime, withRuntime } from '../../src/install/daemon-json.js';

const file = '/etc/docker/daemon.json';
const runtime = { path: '/usr/lib/holdfast/holdfast-runc' };
const added = (text: string | undefined, asDefault = false): string => withRuntime(text, file, { runtime, asDefault });

const theirs = `{
    "log-driver": "journald",
    "runtimes": {
        "nvidia": { "path": "nvidia-container-runtime", "runtimeArgs": [] }
    },
    "features": { "buildkit": true }
}
`;

test('the runtime is added, in the order and indentation of what is there', () => {
  const text = added(theirs, true);
  expect(text.split('\n').slice(0, 3)).toEqual(['{', '    "log-driver": "journald",', '    "runtimes": {']);
  expect(JSON.parse(text)).toEqual({
    'log-driver': 'journald',
    runtimes: { nvidia: { path: 'nvidia-container-runtime', runtimeArgs: [] }, holdfast: runtime },
    features: { buildkit: true },
    'default-runtime': 'holdfast',
  });
});

test.each([undefined, '', '{}'])('%j becomes a file with the runtime alone', (text) => {
  expect(added(text)).toBe('{\n  "runtimes": {\n    "holdfast": {\n      "path": "/usr/lib/holdfast/holdfast-runc"\n    }\n  }\n}\n');
});

test('a file that has it already stays as it is, however it is written', () => {
  const text = '{"runtimes":{"holdfast":{"path":"/usr/lib/holdfast/holdfast-runc"}},"default-runtime":"holdfast"}';
  expect(added(text)).toBe(text);
  expect(added(text, true)).toBe(text);
});

test.each([
  ['{"runtimes": {"holdfast": {"path": "/opt/other"}}}', 'has a runtime \'holdfast\' that is another: {"path":"/opt/other"}'],
  ['{"default-runtime": "nvidia"}', 'has the default runtime "nvidia"'],
  ['{"runtimes": []}', "has 'runtimes' that are no JSON object"],
  ['[]', 'holds no JSON object'],
  ['{"a": 1,}', 'is no JSON'],
])('%s is refused', (text, why) => {
  expect(() => added(text, true)).toThrow(why);
});

test('another default stays where Holdfast shall not be it, and an earlier path of ours is replaced', () => {
  expect(JSON.parse(added('{"default-runtime": "nvidia"}'))).toMatchObject({ 'default-runtime': 'nvidia' });
  const old = { path: '/old/holdfast-runc' };
  const text = JSON.stringify({ runtimes: { holdfast: old } });
  expect(JSON.parse(withRuntime(text, file, { runtime, asDefault: false }, old))).toEqual({ runtimes: { holdfast: runtime } });
});

test('what was added is taken out again, and nothing else', () => {
  expect(JSON.parse(withoutRuntime(added(theirs, true), file, runtime) ?? '')).toEqual(JSON.parse(theirs));
  expect(withoutRuntime(added(undefined, true), file, runtime)).toBeUndefined();
  expect(JSON.parse(withoutRuntime(added('{"a": 1}', true), file, runtime) ?? '')).toEqual({ a: 1 });
});

test('a file without it stays as it is, however it is written; another runtime of the name is not ours', () => {
  for (const text of ['{"a":1}', '{"runtimes":{"holdfast":{"path":"/opt/other"}}}', '{"default-runtime":"nvidia","runtimes":{}}'])
    expect(withoutRuntime(text, file, runtime)).toBe(text);
});
