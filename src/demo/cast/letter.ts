/** Letters of the named people's stories: a DocumentReference, and the file that it names. */
import type { Resource } from '@medplum/fhirtypes';
import { patientReference, profiled, reference, said } from '../build.ts';
import { at, by, type Teller } from './story.ts';

export interface LetterAbout {
  readonly day: number;
  readonly title: string;
  readonly author: string;
  /** Organization id. */
  readonly from: string;
  /** Its paragraphs. */
  readonly text: readonly string[];
}

export function letter(t: Teller, suffix: string, about: LetterAbout): Resource[] {
  const { day, title, author, from, text } = about;
  const file = t.id(`${suffix}-file`);
  const bytes = Buffer.from([t.region.organisation(from).name, t.on(day), title, ...text].join('\n\n'));
  const contentType = 'text/plain';
  return [
    {
      ...{ resourceType: 'Binary', id: file, contentType, data: bytes.toString('base64') },
      securityContext: patientReference(t.patient),
    },
    {
      ...{ resourceType: 'DocumentReference', id: t.id(suffix), status: 'current', docStatus: 'final' },
      meta: profiled('UKCore-DocumentReference'),
      ...{ type: said(title), description: title, subject: patientReference(t.patient) },
      ...{ date: t.at(day, '15:00'), author: [by(author)], custodian: at(t, from) },
      content: [
        {
          attachment: {
            ...{ contentType, url: reference('Binary', file).reference ?? '', title, size: bytes.length },
            ...{ creation: t.on(day), language: 'en-GB' },
          },
        },
      ],
    } as Resource,
  ];
}
