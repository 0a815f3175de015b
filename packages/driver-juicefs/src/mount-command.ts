import type { JuicefsConfig } from './config.js';
import { juicefsMetadataUrl } from './metadata-url.js';

const mebibyte = 1024 * 1024;

/** The arguments of `juicefs mount`, in the foreground. Pure; no secret among them. */
export function mountArguments({ metadata, mount }: JuicefsConfig): readonly string[] {
  return [
    'mount',
    '--no-agent',
    '--no-usage-report',
    '--no-syslog',
    // A refused bucket is told by the mount, not by the first write.
    '--check-storage',
    '--backup-meta=0',
    '--atime-mode=noatime',
    // What another machine committed is seen by the next look, not a second later.
    '--attr-cache=0',
    '--entry-cache=0',
    '--dir-entry-cache=0',
    '--max-fuse-io=1M',
    `--metrics=${mount.metricsAddress}`,
    `--cache-dir=${mount.cacheDirectories.join(':')}`,
    `--cache-size=${mount.cacheSizeBytes / mebibyte}M`,
    `--buffer-size=${mount.bufferSizeBytes / mebibyte}M`,
    `--max-uploads=${mount.uploads}`,
    ...(mount.readOnly ? ['--read-only'] : []),
    ...(mount.writeback ? ['--writeback'] : []),
    ...(mount.backgroundJobs ? [] : ['--no-bgjob']),
    juicefsMetadataUrl(metadata),
    mount.path,
  ];
}
