/** Shell lines for a node's boot. A local directory needs no mount: it must only be there, and be the owner's alone. Pure. */
export function bootFragment(path: string): string {
  const quoted = `'${path.replaceAll("'", String.raw`'\''`)}'`;
  return [
    '# Holdfast: storage in a local directory',
    `[ -d ${quoted} ] || install -d -m 0700 -- ${quoted} || { echo "holdfast: cannot make the storage directory" ${quoted} >&2; exit 1; }`,
    '',
  ].join('\n');
}
