/** Photos and PDFs that go with a message: out of the uploads into the record, and out of the record to who may read the message. */
import type { Binary, Communication, DocumentReference } from '@medplum/fhirtypes';
import type { FastifyReply } from 'fastify';
import { contentDisposition, downloadOf } from '../../web/attachments.ts';
import { type Reading, readNow } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { UploadKind } from '../../web/uploads/uploads.ts';
import type { File } from './deeds.ts';
import { filePurpose, notHere } from './needs.ts';

export const messageFiles: UploadKind = {
  purpose: filePurpose,
  types: ['image/jpeg', 'image/png', 'application/pdf'],
  typesInWords: 'a photo (JPEG, PNG) or a PDF',
  most: 10 * 1024 * 1024,
};

export async function takeFile(
  { uploads }: Pick<RoomNeeds, 'uploads'>,
  account: string,
  id: string | undefined,
  name: string,
): Promise<readonly File[]> {
  if (id === undefined) return [];
  const taken = await uploads.take(account, id, filePurpose);
  return [
    { id, type: taken.type, title: name || taken.name || 'File', data: await uploads.contentOf(taken) },
  ];
}

/** Ids of the documents that go with a message, and what they are called. */
export const documentsOf = ({
  payload,
}: Communication): readonly { readonly id: string; readonly title: string }[] =>
  (payload ?? []).flatMap(({ contentReference }) => {
    const [, id] = /^DocumentReference\/([A-Za-z0-9.-]{1,64})$/.exec(contentReference?.reference ?? '') ?? [];
    return id === undefined ? [] : [{ id, title: contentReference?.display ?? 'File' }];
  });

/**
 * Sends a file of a message that `reading` sees. Who may read a message may read what came with it, though their role shows no other
 * documents; save where the document bears a label that keeps it from some.
 */
export async function sendFile(
  reply: FastifyReply,
  { reading, trusted }: { readonly reading: Reading; readonly trusted: Reading },
  messages: readonly Communication[],
  { id, person }: { readonly id: string; readonly person: string },
): Promise<FastifyReply> {
  const bearer = messages.find((one) => documentsOf(one).some((document) => document.id === id));
  if (!bearer) throw notHere();
  const shown = await readNow<DocumentReference>(reading, 'DocumentReference', id);
  const document = shown ?? (await readNow<DocumentReference>(trusted, 'DocumentReference', id));
  if (!document || (!shown && (document.meta?.security ?? []).length > 0)) throw notHere();
  // A message can name any document: only one that was sent with it, about the same person, is shown by it.
  const isOfMessage = document.context?.related?.some(
    ({ reference }) => reference === `Communication/${bearer.id}`,
  );
  if (!isOfMessage || document.subject?.reference !== `Patient/${person}`) throw notHere();
  const { title = '', url = '' } = document.content[0]?.attachment ?? {};
  const file = await readNow<Binary>(trusted, 'Binary', url.replace(/^Binary\//, ''));
  if (!file?.data || file.securityContext?.reference !== `Patient/${person}`) throw notHere();
  const { type, fileName } = downloadOf(title, file.contentType);
  return reply
    .type(type)
    .header('cache-control', 'private, no-store')
    .header(
      'content-disposition',
      contentDisposition(fileName).replace(
        /^attachment/,
        type === 'application/octet-stream' ? 'attachment' : 'inline',
      ),
    )
    .send(Buffer.from(file.data, 'base64'));
}
