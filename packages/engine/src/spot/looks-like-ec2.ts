import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const vendorFiles = ['sys_vendor', 'board_vendor', 'bios_vendor'].map((name) => join('class/dmi/id', name));

/** True where the firmware (Nitro, metal) or the hypervisor (Xen) says that this is a machine of EC2. `sysfs` is where it tells: `/sys`. */
export async function looksLikeEc2(sysfs = '/sys'): Promise<boolean> {
  const told = await Promise.all([...vendorFiles, 'hypervisor/uuid'].map((file) => readFile(join(sysfs, file), 'utf8').catch(() => '')));
  return told.some((text) => /^(?:Amazon EC2|ec2)/u.test(text.trim()));
}
