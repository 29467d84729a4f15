/** Letters of the named people's stories. */
import type { Resource } from '@medplum/fhirtypes';
import type { DocumentKind } from '../codes/documents.ts';
import { letter as letterOf } from '../history/letters.ts';
import { personById } from './person.ts';
import type { Teller } from './story.ts';

export interface LetterAbout {
  readonly day: number;
  readonly title: string;
  readonly kind: DocumentKind;
  /** One of the named staff. */
  readonly author: string;
  readonly to: string;
  /** Its paragraphs. */
  readonly text: readonly string[];
}

/** The file, then the document that points at it. */
export const letter = (t: Teller, suffix: string, about: LetterAbout): Resource[] =>
  letterOf({
    ...{ id: t.id(suffix), person: personById(t.patient, t.region), kind: about.kind, title: about.title },
    ...{ author: t.region.worker(about.author), region: t.region, written: t.at(about.day, '15:00') },
    to: [about.to],
    parts: about.text.map((text) => ({ kind: 'text', text })),
  });
