/** What a page of an error says, by HTTP status. */
import type { ShellKey } from './words/shell-words.ts';

export interface ErrorWords {
  readonly title: ShellKey;
  readonly paragraphs: readonly ShellKey[];
}

export function errorWords(status: number): ErrorWords {
  if (status === 401) return { title: 'error.signIn.title', paragraphs: ['error.signIn.text'] };
  if (status === 403) return { title: 'error.access.title', paragraphs: ['error.access.text'] };
  if (status === 404)
    return { title: 'error.page.title', paragraphs: ['error.page.typed', 'error.page.pasted'] };
  if (status === 410) return { title: 'error.deleted.title', paragraphs: ['error.deleted.text'] };
  if (status === 429 || status === 503 || status === 507)
    return { title: 'error.unavailable.title', paragraphs: ['error.nothingLost', 'error.wait'] };
  if (status < 500) return { title: 'error.input.title', paragraphs: ['error.input.text'] };
  return { title: 'error.problem.title', paragraphs: ['error.nothingLost', 'error.later'] };
}
