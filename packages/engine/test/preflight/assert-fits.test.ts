import { describe, expect, it } from 'vitest';
import { assertFits } from '../../src/preflight/assert-fits.js';
import type { MachineDescription } from '../../src/preflight/machine.js';

const one: MachineDescription = {
  kernel: '6.1.0',
  architecture: 'x64',
  name: 'a',
  cpu: { model: 'Xeon 8259CL', features: ['avx', 'avx512f', 'avx512vl'] },
  criu: '4.2.1',
};

describe('a machine that a snapshot is to come back on', () => {
  it('fits where it has all that the other had, and more, whatever its kernel and its CRIU behind the second number', () => {
    const other = { ...one, kernel: '5.10', name: 'b', criu: '4.2', cpu: { model: 'newer', features: ['amx_tile', 'avx', 'avx512f', 'avx512vl'] } };
    expect(() => assertFits(one, other, 3)).not.toThrow();
    expect(() => assertFits(one, { ...other, criu: '5.0' }, 3)).not.toThrow();
  });

  it('fits where one of the two does not tell', () => {
    const { cpu: _cpu, criu: _criu, ...old } = one;
    expect(() => assertFits(old, one, 3)).not.toThrow();
    expect(() => assertFits(one, old, 3)).not.toThrow();
  });

  it('does not fit with instructions missing: each is named, with both processors', () => {
    const other = { ...one, cpu: { model: 'EPYC 7571', features: ['avx'] } };
    expect(() => assertFits(one, other, 3)).toThrow(/\(EPYC 7571\) lacks avx512f, avx512vl, .*snapshot 3 was taken on Xeon 8259CL/);
  });

  it('does not fit where its CRIU is older', () => {
    expect(() => assertFits(one, { ...one, criu: '4.1.1' }, 3)).toThrow(/CRIU 4\.1\.1 of this machine is older than CRIU 4\.2\.1/);
    expect(() => assertFits(one, { ...one, criu: '3.17' }, 3)).toThrow(/older/);
  });

  it('does not fit where it is of another architecture', () => {
    expect(() => assertFits(one, { ...one, architecture: 'arm64' }, 3)).toThrow(/taken on x64, and this machine is arm64/);
  });
});
