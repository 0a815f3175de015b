import { describe, expect, it } from 'vitest';
import { parseCpuInfo } from '../../src/preflight/cpu.js';

describe('a processor as /proc/cpuinfo tells it', () => {
  it('has what programs use, and not what only the kernel does or what tells of speed', () => {
    const text = `processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Xeon(R) 8259CL\nflags\t\t: fpu vme pni avx2 avx512f smep smap erms fsrm invpcid bmi2 avx512_vnni\n\nprocessor\t: 1\nmodel name\t: other\nflags\t\t: rtm\n`;
    expect(parseCpuInfo(text)).toEqual({ model: 'Intel(R) Xeon(R) 8259CL', features: ['avx2', 'avx512_vnni', 'avx512f', 'bmi2', 'pni'] });
  });

  it('of the other architecture has all that is told', () => {
    expect(parseCpuInfo('processor\t: 0\nFeatures\t: fp asimd sve\nCPU part\t: 0xd40\n')).toEqual({
      model: '0xd40',
      features: ['asimd', 'fp', 'sve'],
    });
  });

  it('is unknown where nothing is told', () => {
    expect(parseCpuInfo('')).toBeUndefined();
  });
});
