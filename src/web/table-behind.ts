/** What a drawing shows, as a table folded away beneath it: for screen readers, for copying, and for exact values. */
import { escapeHtml } from './narrative.ts';

/** `<details>` with a table. Cells are plain text; one with an address is a link. */
export function tableBehind(
  title: string,
  heads: readonly string[],
  rows: readonly (readonly (string | { readonly text: string; readonly href: string })[])[],
  summary = 'Show as a table',
): string {
  const cell = (value: (typeof rows)[number][number]): string =>
    typeof value === 'string'
      ? escapeHtml(value)
      : `<a href="${escapeHtml(value.href)}">${escapeHtml(value.text)}</a>`;
  const head = heads
    .map((text) => `<th class="nhsuk-table__header" scope="col">${escapeHtml(text)}</th>`)
    .join('');
  const body = rows
    .map(
      (row) =>
        `<tr class="nhsuk-table__row">${row
          .map((value, i) =>
            i === 0
              ? `<th class="nhsuk-table__cell tl-behind__first" scope="row">${cell(value)}</th>`
              : `<td class="nhsuk-table__cell">${cell(value)}</td>`,
          )
          .join('')}</tr>`,
    )
    .join('');
  return (
    `<details class="nhsuk-details tl-behind"><summary class="nhsuk-details__summary"><span class="nhsuk-details__summary-text">${escapeHtml(summary)}<span class="nhsuk-u-visually-hidden">: ${escapeHtml(title)}</span></span></summary>` +
    `<div class="nhsuk-details__text tl-behind__scroll" tabindex="0" role="region" aria-label="${escapeHtml(title)}, table"><table class="nhsuk-table"><caption class="nhsuk-u-visually-hidden">${escapeHtml(title)}</caption>` +
    `<thead class="nhsuk-table__head"><tr>${head}</tr></thead><tbody class="nhsuk-table__body">${body}</tbody></table></div></details>`
  );
}
