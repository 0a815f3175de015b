import type { JuicefsConfig } from './config.js';

/**
 * Shell lines for a node's boot: the volume is mounted before any job, for as long as the machine runs. Pure; holds no secret.
 *
 * `section` is the configuration's `storage` as it was written. Where the mount does not come, the ECS agent is kept from starting, or jobs would
 * write their snapshots to the machine's own disk.
 */
export function bootFragment({ name, mount }: JuicefsConfig, section: unknown): string {
  const file = `/etc/holdfast/storage-${name}.json`;
  return [
    `# Holdfast: the JuiceFS volume ${name}, mounted at ${mount.path} before any job. No keys: the machine's role opens the bucket.`,
    'holdfast_no_jobs() {',
    `  echo "holdfast: the volume ${name} is not mounted: this machine takes no jobs" >&2`,
    '  if command -v systemctl >/dev/null 2>&1; then systemctl mask --runtime --now ecs.service >/dev/null 2>&1 || true; fi',
    '  exit 1',
    '}',
    'install -d -m 0755 /etc/holdfast || holdfast_no_jobs',
    `cat >'${file}.new' <<'HOLDFAST_STORAGE' || holdfast_no_jobs`,
    JSON.stringify({ storage: section }, undefined, 2),
    'HOLDFAST_STORAGE',
    `mv -f '${file}.new' '${file}' || holdfast_no_jobs`,
    'holdfast_tries=0',
    `until holdfast storage attach --config '${file}'; do`,
    '  holdfast_tries=$((holdfast_tries + 1))',
    '  [ "$holdfast_tries" -lt 20 ] || holdfast_no_jobs',
    '  sleep 3',
    'done',
    '',
  ].join('\n');
}
