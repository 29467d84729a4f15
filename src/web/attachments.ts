/** Attachments of a resource: where they are, what may be shown in a page, and how the rest is handed over. */
import type { Attachment, Binary } from '@medplum/fhirtypes';
import { type Loose, loose } from './entry.ts';
import { type Reading, readNow } from './record-reading.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isAttachment = (value: Record<string, unknown>): boolean =>
  (typeof value['data'] === 'string' || typeof value['url'] === 'string') &&
  (typeof value['contentType'] === 'string' ||
    typeof value['title'] === 'string' ||
    typeof value['data'] === 'string') &&
  !('resourceType' in value);

/** Every attachment of a resource, in the order of its JSON; a Binary is its own. The place in the list is its address. */
export function attachmentsOf(resource: Loose): Attachment[] {
  if (resource.resourceType === 'Binary') {
    const { contentType, data } = resource as unknown as Binary; // its own type says so
    return [{ contentType, ...(data === undefined ? {} : { data }) }];
  }
  const found: Attachment[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (depth > 20) return;
    if (Array.isArray(value)) for (const one of value) walk(one, depth + 1);
    else if (isObject(value)) {
      if (depth > 0 && isAttachment(value))
        found.push(value as Attachment); // looked at above
      else for (const [key, one] of Object.entries(value)) if (key !== 'extension') walk(one, depth + 1);
    }
  };
  walk(resource, 0);
  return found;
}

export interface Content {
  /** As declared, without parameters, in small letters. */
  readonly contentType: string;
  readonly bytes: Buffer;
}

const declared = (contentType: unknown): string =>
  typeof contentType === 'string' ? (contentType.split(';')[0]?.trim().toLowerCase() ?? '') : '';

/** The bytes of an attachment, from itself or from the Binary that it names; undefined when they are held elsewhere. */
export async function contentOf(reading: Reading, attachment: Attachment): Promise<Content | undefined> {
  if (typeof attachment.data === 'string') {
    return { contentType: declared(attachment.contentType), bytes: Buffer.from(attachment.data, 'base64') };
  }
  const id = /^Binary\/([A-Za-z0-9.-]{1,64})$/.exec(attachment.url ?? '')?.[1];
  const binary = id === undefined ? undefined : await readNow<Binary>(reading, 'Binary', id);
  if (typeof binary?.data !== 'string') return undefined;
  const contentType = declared(binary.contentType) || declared(attachment.contentType);
  return { contentType, bytes: Buffer.from(binary.data, 'base64') };
}

/** Types that a browser or a viewer may be told of; everything else is handed over as bytes. */
const known: Record<string, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/tiff': 'tif',
  'application/dicom': 'dcm',
  'application/rtf': 'rtf',
  'text/rtf': 'rtf',
  'text/plain': 'txt',
  'text/csv': 'csv',
};

export interface Download {
  readonly type: string;
  readonly fileName: string;
}

/** How to hand the content over: never as a type that a browser would run. */
export function downloadOf(title: string, contentType: string): Download {
  const extension = known[contentType];
  const stem =
    title
      .replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ')
      .trim()
      .slice(0, 80) || 'document';
  const fileName = extension && !stem.toLowerCase().endsWith(`.${extension}`) ? `${stem}.${extension}` : stem;
  return {
    type: extension ? contentType : 'application/octet-stream',
    fileName: extension ? fileName : `${stem}.bin`,
  };
}

/** RFC 6266: an ASCII name for old clients, the whole one for the rest. */
export function contentDisposition(fileName: string): string {
  const ascii =
    fileName
      .normalize('NFKD')
      .replaceAll(/[^\x20-\x7e]/g, '')
      .replaceAll(/["\\]/g, '')
      .trim() || 'document';
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

const mostText = 200_000;

export interface ShownDocument {
  readonly title: string;
  /** `PDF`, `Text`, `image/png` … */
  readonly format: string;
  /** `24 KB`; empty when not known. */
  readonly size: string;
  readonly href: string;
  /** The words of a plain-text document. */
  readonly text: string;
  /** Set when the content is on another system: its address, as text. */
  readonly elsewhere: string;
}

/** `24 KB`. */
export const sizeText = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} bytes`
    : bytes < 1_048_576
      ? `${Math.round(bytes / 1024)} KB`
      : `${(bytes / 1_048_576).toFixed(1)} MB`;

const formats: Record<string, string> = {
  'application/pdf': 'PDF',
  'text/plain': 'Text',
  'text/html': 'Web page',
  'text/rtf': 'Rich text',
  'application/rtf': 'Rich text',
};

const isPlainText = (content: Content): boolean =>
  content.contentType === 'text/plain' && !content.bytes.includes(0);

/** The attachments as a page shows them. */
export async function shownDocuments(
  reading: Reading,
  resource: Loose,
  base: string,
): Promise<ShownDocument[]> {
  return Promise.all(
    attachmentsOf(loose(resource)).map(async (attachment, index) => {
      const content = await contentOf(reading, attachment);
      const type = content?.contentType || declared(attachment.contentType);
      const words = content && isPlainText(content) ? content.bytes.toString('utf8') : '';
      return {
        title: (typeof attachment.title === 'string' && attachment.title) || `Document ${index + 1}`,
        format: formats[type] ?? (type || 'Unknown format'),
        size: content ? sizeText(content.bytes.length) : '',
        href: content ? `${base}/attachments/${index}` : '',
        text: words.length > mostText ? `${words.slice(0, mostText)}…` : words,
        elsewhere: content ? '' : (attachment.url ?? ''),
      };
    }),
  );
}
