/** What others sent, in a form fit for an error message. */

/** In quotation marks, cut after 80 characters. */
export function quoted(text: string): string {
  return `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`;
}

/** Names with commas; of a long list the first few. */
export function listed(names: readonly string[]): string {
  const shown = 8;
  return names.length <= shown
    ? names.join(', ')
    : `${names.slice(0, shown).join(', ')} and ${names.length - shown} others`;
}
