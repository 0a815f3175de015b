// Control characters, also of the second block, and the marks that turn the direction of text.
const unprintable = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Makes foreign text safe for a terminal and a single line: names and messages may hold anything. */
export function escapeText(text: string): string {
  return text.replaceAll(unprintable, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}

/** A command as one line that a shell would take back. */
export function commandText(command: readonly string[]): string {
  return command.map((word) => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${escapeText(word).replaceAll("'", String.raw`'\''`)}'`)).join(' ');
}
