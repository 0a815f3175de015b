/** What a program may find in a processor and use from then on. */
export interface CpuDescription {
  readonly model: string;
  /** By the kernel's names, sorted: only those that a program can see and use by itself. */
  readonly features: readonly string[];
}

/**
 * Instructions that a program looks for once, at its start, and uses as long as it lives: its C library's copies and searches above all. Not among them:
 * what only the kernel uses, and `erms`, `fsrm` and the like, which tell of speed and differ by firmware on processors that are the same.
 */
const usedByPrograms =
  /^(?:cx16|pni|ssse3|fma|sse4_[12]|sse4a|movbe|popcnt|aes|pclmulqdq|xsave|xsaveopt|xsavec|xgetbv1|avx|avx2|avx_vnni|avx512\w*|avx512_\w+|avxvnni\w*|amx_\w+|f16c|rdrand|rdseed|rdpid|rdtscp|bmi1|bmi2|abm|adx|sha_ni|vaes|vpclmulqdq|gfni|clflushopt|clwb|fsgsbase|hle|rtm|lahf_lm|3dnowprefetch|prefetchwt1|movdiri|movdir64b|serialize|waitpkg|pku|xop|fma4|tbm)$/;

/** From the text of /proc/cpuinfo: of the first processor, since a machine's are alike. Undefined where it does not tell. */
export function parseCpuInfo(text: string): CpuDescription | undefined {
  const [first = ''] = text.split('\n\n');
  const value = (name: string): string | undefined => new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(first)?.[1];
  const x86 = value('flags');
  const arm = value('Features');
  const words = (x86 ?? arm)?.split(/\s+/).filter(Boolean);
  if (words === undefined) return undefined;
  const features = x86 === undefined ? words : words.filter((word) => usedByPrograms.test(word));
  return { model: value('model name') ?? value('CPU part') ?? 'unknown', features: features.sort() };
}
