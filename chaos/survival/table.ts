import type { Outcome } from './outcome.ts';

/** In Markdown: what survived, then what did not. */
export function tableOf(outcomes: readonly Outcome[], about: string): string {
  const survived = outcomes.filter(({ verdict }) => verdict === 'survived');
  const rest = outcomes.filter(({ verdict }) => verdict !== 'survived');
  const lines = survived.map(
    ({ name, versions, about, interruptions, snapshots }) => `| ${name} | ${versions} | ${about} | ${interruptions} | ${snapshots} |`,
  );
  const others = rest.map(
    ({ name, versions, about, reason }) => `| ${name} | ${versions} | ${about} | ${(reason ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ')} |`,
  );
  return [
    about,
    '',
    '| program | package | what it is | machines lost | snapshots told |',
    '|---|---|---|---|---|',
    ...lines,
    '',
    ...(others.length === 0 ? ['Nothing failed.'] : ['| did not survive | package | what it is | why |', '|---|---|---|---|', ...others]),
  ].join('\n');
}

/** Replaces what is between the marks of that name in a document. Throws where it has no such place. */
export function putBetween(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: made by script/survival -->`, `<!-- end of ${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the document has no lines '${begin}' and '${end}' to put the table between`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}
