import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../container/machine.js';

/**
 * A runtime for a Docker of a test. It prepares each bundle as the agent does, and is runc otherwise; where it was told so, it waits in `create` until
 * the test has put the files back, and restores.
 */
export class PreparingRuntime {
  readonly folder: string;
  readonly path: string;

  constructor(folder: string, { runc, criu }: { readonly runc: string; readonly criu: string }) {
    this.folder = folder;
    this.path = join(folder, 'preparing-runc');
    const [amend, bundle] = ['amend-bundle', 'bundle'].map((name) => new URL(`../../dist/oci/${name}.js`, import.meta.url).href);
    writeFileSync(
      join(folder, 'amend.mjs'),
      `import { amendBundle } from '${amend}'; import { readBundle } from '${bundle}';
await amendBundle(await readBundle(process.argv[2]), { criuConfigPath: '${this.criuConfig}', architecture: process.arch });`,
    );
    writeFileSync(
      this.path,
      `#!/bin/bash
id="\${!#}"
case " $* " in *" create "*) command=create;; *" start "*) command=start;; esac
for word; do case "$previous" in --bundle) bundle=$word;; --pid-file) pid=$word;; --root) root=$word;; esac; previous=$word; done
cd ${folder}
[ "$command" != create ] || ${process.execPath} amend.mjs "$bundle" || exit 1
if [ "$command" = create ] && [ -e resume ]; then
  printf %s "$bundle" > asked.new; mv asked.new asked
  until [ -e go ]; do sleep 0.05; done
  PATH=${join(criu, '..')}:$PATH ${runc} --root "$root" --log restore.log restore --detach --pid-file "$pid" --bundle "$bundle" --image-path ${this.images} --work-path ${folder} "$id"
  exit
fi
[ "$command" = start ] && [ -e go ] && exit 0
exec ${runc} "$@"
`,
      { mode: 0o755 },
    );
  }

  get criuConfig(): string {
    return join(this.folder, 'criu.conf');
  }

  get images(): string {
    return join(this.folder, 'images');
  }

  /** From now on containers are restored. Resolves with the bundle of the first that waits for it. */
  async nextRestored(start: () => void): Promise<string> {
    writeFileSync(join(this.folder, 'resume'), '');
    start();
    const asked = join(this.folder, 'asked');
    await until(() => existsSync(asked));
    return readFileSync(asked, 'utf8');
  }

  restore(): void {
    writeFileSync(join(this.folder, 'go'), '');
  }
}
