/** Letters and documents: what there is, how big each is, and its words where it has them. */
import type { Attachment, Composition, DocumentReference, Resource } from '@medplum/fhirtypes';
import { attachmentsOf, type Content, contentOf, sizeText } from '../../web/attachments.ts';
import { conceptText, humanise } from '../../web/coded.ts';
import { formatDate, parseDate } from '../../web/dates.ts';
import { dateOf, loose, titleOf } from '../../web/entry.ts';
import { safeNarrative } from '../../web/narrative.ts';
import type { Reading } from '../../web/record-reading.ts';
import type { NameOf } from './names-of.ts';
import { textOfPdf } from './pdf-text.ts';
import { clinicianLines, isWrong, type Line, linesOf, whenOf } from './told.ts';

export type Letter = DocumentReference | Composition;

export interface LetterRow {
  readonly id: string;
  readonly title: string;
  readonly href: string;
  readonly when: string;
  readonly from: string;
  readonly kind: string;
  /** `PDF, 84 KB`. */
  readonly format: string;
  readonly tag: string;
}

export const letterHref = (person: string, one: Letter): string =>
  `/my-record/${person}/documents/${one.resourceType === 'Composition' ? 'composition-' : ''}${one.id ?? ''}`;

const kindOf = (one: Letter): string => conceptText(one.type) || conceptText(one.category?.[0]);

const from = (one: Letter, nameOf: NameOf): string => {
  const authors = (one.author ?? []).map(nameOf).filter(Boolean);
  return [...new Set([...authors, nameOf(one.custodian)])].filter(Boolean).join(', ');
};

const formats: Record<string, string> = {
  'application/pdf': 'PDF',
  'text/plain': 'Text',
  'text/html': 'Web page',
  'image/jpeg': 'Picture',
  'image/png': 'Picture',
};

const formatOf = (type: string): string => formats[type] ?? (type || 'Unknown format');

const bare = (type: unknown): string =>
  typeof type === 'string' ? (type.split(';')[0]?.trim().toLowerCase() ?? '') : '';

const formatAndSize = (one: Letter): string => {
  if (one.resourceType === 'Composition') return '';
  const attachment = one.content?.[0]?.attachment;
  const size =
    attachment?.size ?? (attachment?.data ? Math.floor((attachment.data.length * 3) / 4) : undefined);
  return [attachment && formatOf(bare(attachment.contentType)), size === undefined ? '' : sizeText(size)]
    .filter(Boolean)
    .join(', ');
};

const dayOf = (one: Letter): string =>
  parseDate(dateOf(one) || (one as DocumentReference).context?.period?.start)?.key ?? '';

/** Newest first, without those in error or replaced by a later one. */
export function lettersOf(person: string, all: readonly Letter[], nameOf: NameOf): readonly LetterRow[] {
  return all
    .filter((one) => !isWrong(one) && one.status !== 'superseded')
    .sort((a, b) => dayOf(b).localeCompare(dayOf(a)))
    .map((one) => ({
      ...{ id: one.id ?? '', title: titleOf(one), href: letterHref(person, one), when: whenOf(dayOf(one)) },
      ...{ from: from(one, nameOf), kind: kindOf(one), format: formatAndSize(one) },
      tag: one.status === 'preliminary' || docStatus(one) === 'preliminary' ? 'Draft' : '',
    }));
}

const docStatus = (one: Letter): string => String(loose(one)['docStatus'] ?? '');

export interface File {
  readonly index: number;
  readonly title: string;
  readonly format: string;
  readonly size: string;
  /** Empty where the content is not held here. */
  readonly href: string;
  readonly isPdf: boolean;
  readonly isImage: boolean;
  /** The words of a plain text, or of a PDF that can be read for certain. */
  readonly text: string;
}

export interface LetterSection {
  readonly heading: string;
  /** Safe HTML. */
  readonly html: string;
}

export interface LetterPage {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly files: readonly File[];
  readonly sections: readonly LetterSection[];
  /** Safe HTML of the narrative. */
  readonly narrative: string;
  readonly clinician: readonly Line[];
}

const mostText = 100_000;

const wordsOf = ({ contentType, bytes }: Content): string => {
  if (contentType === 'application/pdf') return textOfPdf(bytes);
  return contentType === 'text/plain' && !bytes.includes(0) ? bytes.toString('utf8') : '';
};

async function fileOf(reading: Reading, found: Attachment, index: number, base: string): Promise<File> {
  const content = await contentOf(reading, found);
  const type = content?.contentType || bare(found.contentType);
  const words = content ? wordsOf(content) : '';
  return {
    ...{ index, title: found.title || (index === 0 ? 'The letter' : `Part ${index + 1}`) },
    ...{ format: formatOf(type), size: content ? sizeText(content.bytes.length) : '' },
    ...{
      href: content ? `${base}/files/${index}` : '',
      isPdf: content !== undefined && type === 'application/pdf',
    },
    isImage: content !== undefined && (type === 'image/jpeg' || type === 'image/png'),
    text: words.length > mostText ? `${words.slice(0, mostText)}…` : words,
  };
}

const sectionsOf = (one: Composition): LetterSection[] => {
  const walk = (sections: Composition['section'], depth: number): LetterSection[] =>
    depth > 5
      ? []
      : (sections ?? []).flatMap((section) => [
          {
            heading: section.title || conceptText(section.code) || 'Section',
            html: safeNarrative(section.text?.div),
          },
          ...walk(section.section, depth + 1),
        ]);
  return walk(one.section, 0).filter(({ html }) => html.trim() !== '');
};

/** One letter with its files and words. */
export async function letterPage(
  reading: Reading,
  person: string,
  one: Letter,
  nameOf: NameOf,
): Promise<LetterPage> {
  const base = letterHref(person, one);
  const attached = one.resourceType === 'DocumentReference' ? attachmentsOf(loose(one)) : [];
  const context = one.resourceType === 'DocumentReference' ? one.context : undefined;
  return {
    title: titleOf(one),
    lines: linesOf(
      ['Date', whenOf(dayOf(one))],
      ['From', from(one, nameOf)],
      ['Kind', kindOf(one) === titleOf(one) ? '' : kindOf(one)],
      ['About a visit on', formatDate(context?.period?.start)],
      [
        'State',
        docStatus(one) === 'preliminary' || one.status === 'preliminary' ? 'A draft: it may change' : '',
      ],
    ),
    files: await Promise.all(attached.map((found, index) => fileOf(reading, found, index, base))),
    sections: one.resourceType === 'Composition' ? sectionsOf(one) : [],
    narrative: safeNarrative((one as Resource & { text?: { div?: string } }).text?.div),
    clinician: clinicianLines(
      one,
      one.type,
      nameOf,
      ...linesOf(['Document status', docStatus(one) && humanise(docStatus(one))]),
    ),
  };
}
