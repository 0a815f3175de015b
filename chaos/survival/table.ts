import type { Outcome } from './outcome.ts';

/** In Markdown: what survived, then what did not, then where memory came from nowhere better. */
export function tableOf(outcomes: readonly Outcome[], about: string): string {
  const survived = outcomes.filter(({ verdict }) => verdict === 'survived');
  const rest = outcomes.filter(({ verdict }) => verdict !== 'survived');
  const lines = survived.map(
    ({ name, versions, about, interruptions, snapshots, memory: { byTwin, lazily, resumes } }) =>
      `| ${name} | ${versions} | ${about} | ${interruptions} | ${snapshots} | ${byTwin} | ${lazily} of ${resumes} |`,
  );
  const others = rest.map(({ name, versions, about, reason }) => `| ${name} | ${versions} | ${about} | ${cellOf(reason ?? '')} |`);
  return [
    about,
    '',
    '| program | package | what it is | machines lost | snapshots told | of these by twin | resumed lazily |',
    '|---|---|---|---|---|---|---|',
    ...lines,
    '',
    ...(others.length === 0 ? ['Nothing failed.'] : ['| did not survive | package | what it is | why |', '|---|---|---|---|', ...others]),
    '',
    ...fallBackLines(outcomes),
  ].join('\n');
}

/** Of all programs, survived or not: each fall-back, with how often it happened to which. */
function fallBackLines(outcomes: readonly Outcome[]): readonly string[] {
  const each = outcomes.flatMap(({ name, memory }) => Object.entries(memory.fallBacks).map(([text, times]) => ({ name, text, times })));
  if (each.length === 0) return ['No memory came from elsewhere than it was to.'];
  const rows = Map.groupBy(each, ({ text }) => text);
  const lines = [...rows].map(([text, of]) => {
    const times = of.reduce((sum, row) => sum + row.times, 0);
    return `| ${cellOf(text)} | ${times} | ${of.map((row) => `${row.name} ${row.times}`).join(', ')} |`;
  });
  return ['| fall-back | times | programs |', '|---|---|---|', ...lines.sort()];
}

function cellOf(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** Replaces what is between the marks of that name in a document. Throws where it has no such place. */
export function putBetween(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: made by script/survival -->`, `<!-- end of ${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the document has no lines '${begin}' and '${end}' to put the table between`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
