/** The statement of fitness for work, as a PDF. Source: DWP, Getting the most out of the fit note (form Med3, 2022). */

import { formatDate } from '../../web/dates.ts';
import { letterPdf } from '../../web/letter-pdf.ts';

export interface FitNote {
  readonly patient: string;
  readonly born: string;
  readonly says: 'not-fit' | 'may-be-fit';
  readonly reason: string;
  readonly adjust: string;
  /** Days, both included. */
  readonly from: string;
  readonly until: string;
  /** Who assessed, in which profession, where. */
  readonly by: string;
  readonly job: string;
  readonly practice: string;
  readonly address: string;
  /** ms since 1970 UTC. */
  readonly now: number;
}

export function fitNotePdf(note: FitNote): Buffer {
  const written = new Date(note.now).toISOString();
  return letterPdf({
    ...{ title: 'Statement of fitness for work', author: note.by, written },
    parts: [
      { kind: 'title', text: 'Statement of fitness for work' },
      { kind: 'small', text: 'For social security or Statutory Sick Pay' },
      { kind: 'text', text: `Patient: ${note.patient}, born ${formatDate(note.born)}` },
      { kind: 'text', text: `I assessed the case on ${formatDate(written)}.` },
      { kind: 'text', text: `Because of: ${note.reason}` },
      {
        kind: 'heading',
        text:
          note.says === 'not-fit'
            ? 'I advise that you are not fit for work.'
            : 'I advise that you may be fit for work, taking account of the following advice.',
      },
      ...(note.says === 'may-be-fit' ? [{ kind: 'text', text: note.adjust } as const] : []),
      { kind: 'text', text: `This is the case from ${formatDate(note.from)} to ${formatDate(note.until)}.` },
      { kind: 'text', text: `${note.by}\n${note.job}\n${note.practice}\n${note.address}`.trim() },
      {
        kind: 'small',
        text: 'This statement needs no signature in ink: it names who issued it. Keep the original; your employer may take a copy.',
      },
    ],
  });
}
