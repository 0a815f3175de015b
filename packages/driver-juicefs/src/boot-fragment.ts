import type { JuicefsConfig } from './config.js';

/**
 * Shell lines for a node's boot: the volume is mounted before any job, for as long as the machine runs. Pure; holds no secret.
 *
 * User data runs at a machine's first boot alone. So where systemd runs a unit is made, which mounts the volume at each later boot, too, and without which
 * the ECS agent does not start: jobs would write their snapshots to the machine's own disk. `section` is the configuration's `storage` as it was written.
 */
export function bootFragment({ name }: JuicefsConfig, section: unknown): string {
  const config = `/etc/holdfast/storage-${name}.json`;
  const attach = `/etc/holdfast/attach-storage-${name}`;
  const service = `holdfast-storage-${name}.service`;
  const unit = `/etc/systemd/system/${service}`;
  const dropIn = '/etc/systemd/system/ecs.service.d';
  return [
    `# Holdfast: the JuiceFS volume ${name}, mounted before any job, now and at each boot. No keys: the machine's role opens the bucket.`,
    'holdfast_no_jobs() {',
    `  echo "holdfast: the volume ${name} is not mounted: this machine takes no jobs" >&2`,
    '  if command -v systemctl >/dev/null 2>&1; then systemctl mask --runtime --now ecs.service >/dev/null 2>&1 || true; fi',
    '  exit 1',
    '}',
    'holdfast_program=$(command -v holdfast) || holdfast_no_jobs',
    'install -d -m 0755 /etc/holdfast || holdfast_no_jobs',
    ...file(config, JSON.stringify({ storage: section }, undefined, 2).split('\n')),
    ...file(attach, attachScript(config)),
    'if [ -d /run/systemd/system ]; then',
    `install -d -m 0755 ${dropIn} || holdfast_no_jobs`,
    ...file(unit, unitText(name, attach, config), { expand: true }),
    ...file(`${dropIn}/holdfast-storage-${name}.conf`, ['[Unit]', `Requires=${service}`, `After=${service}`]),
    `{ systemctl daemon-reload && systemctl enable ${service} && systemctl start ${service}; } || holdfast_no_jobs`,
    'else',
    `sh '${attach}' "$holdfast_program" || holdfast_no_jobs`,
    'fi',
    '',
  ].join('\n');
}

/** Of the program that is its argument: the path of a unit is not that of a login. */
function attachScript(config: string): readonly string[] {
  return [
    '#!/bin/sh',
    'tries=0',
    `until "$1" storage attach --config '${config}'; do`,
    '  tries=$((tries + 1))',
    '  [ "$tries" -lt 20 ] || exit 1',
    '  sleep 3',
    'done',
  ];
}

/** The client stays in the unit's control group: without RemainAfterExit systemd would end it with the command. Docker waits, its containers may be jobs. */
function unitText(name: string, attach: string, config: string): readonly string[] {
  return [
    '[Unit]',
    `Description=Holdfast: the JuiceFS volume ${name}`,
    'Wants=network-online.target',
    'After=network-online.target',
    'Before=docker.service ecs.service',
    '',
    '[Service]',
    'Type=oneshot',
    'RemainAfterExit=yes',
    'TimeoutStartSec=15min',
    'TimeoutStopSec=2min',
    `ExecStart=/bin/sh ${attach} "$holdfast_program"`,
    `ExecStop="$holdfast_program" storage detach --config ${config}`,
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ];
}

/** Written whole or not at all. With `expand` the shell puts in its variables. */
function file(path: string, lines: readonly string[], { expand = false }: { readonly expand?: boolean } = {}): readonly string[] {
  const end = expand ? 'HOLDFAST_FILE' : "'HOLDFAST_FILE'";
  return [`cat >'${path}.new' <<${end} || holdfast_no_jobs`, ...lines, 'HOLDFAST_FILE', `mv -f '${path}.new' '${path}' || holdfast_no_jobs`];
}
