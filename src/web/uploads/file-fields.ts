/**
 * Files in forms. With script the file goes up by itself and the form carries its id; without, it comes with the form, and
 * becomes an upload while the form is read. Either way the form's handler finds an id under the field's name.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../../platform/problem.ts';
import { type FieldError, formText } from '../form-fields.ts';
import type { Field } from '../forms/fields.ts';
import { boundaryOf, multipartParts } from './multipart.ts';
import { megabytes, type Uploads } from './uploads.ts';

const mostText = 200_000;

export interface FileFields {
  /** Makes the routes of this scope take forms with files. */
  readonly accept: (scope: FastifyInstance) => void;
}

/** `purposes`: by the name of each file field, what it takes. */
export function fileFields({
  uploads,
  purposes,
  accountOf,
}: {
  readonly uploads: Uploads;
  readonly purposes: Readonly<Record<string, string>>;
  readonly accountOf: (request: FastifyRequest) => string | undefined;
}): FileFields {
  const read = async (request: FastifyRequest, body: AsyncIterable<Uint8Array>) => {
    const boundary = boundaryOf(request.headers['content-type']);
    if (boundary === undefined)
      throw problem('structure', 'The form did not come whole. Send it again.', {
        where: 'http.header.Content-Type',
      });
    const account = accountOf(request);
    const fields = new Map<string, string[]>();
    let textBytes = 0;
    for await (const { name, filename, content } of multipartParts(body, boundary)) {
      if (filename === undefined) {
        const pieces: Buffer[] = [];
        for await (const piece of content) {
          textBytes += piece.length;
          if (textBytes > mostText)
            throw problem('too-long', 'The form is too long.', { where: 'http.body' });
          pieces.push(piece);
        }
        fields.set(name, [...(fields.get(name) ?? []), Buffer.concat(pieces).toString('utf8')]);
        continue;
      }
      const field = name.replace(/-file$/, '');
      const purpose = Object.hasOwn(purposes, field) ? purposes[field] : undefined;
      // Nobody signed in: what was typed may still be kept, the file is not.
      if (filename === '' || purpose === undefined || account === undefined) continue;
      const upload = await uploads.receive(account, { purpose, name: filename }, content);
      if ('error' in upload) fields.set(`${field}-error`, [upload.error]);
      else {
        fields.set(field, [upload.id]);
        fields.set(`${field}-name`, [upload.name]);
      }
    }
    return Object.fromEntries(
      [...fields].map(([name, values]) => [name, values.length > 1 ? values : values[0]]),
    );
  };
  return {
    accept(scope) {
      const largest = Math.max(...Object.values(purposes).map((purpose) => uploads.kind(purpose)?.most ?? 0));
      const limit = (largest + 1024 * 1024) * 2;
      const tooLong = () => problem('too-long', `The file must be smaller than ${megabytes(largest)}`);
      scope.addContentTypeParser('multipart/form-data', (request, payload, done) => {
        if (Number(request.headers['content-length'] ?? 0) > limit) done(tooLong());
        else read(request, upTo(payload, limit, tooLong)).then((body) => done(null, body), done);
      });
    },
  };
}

/** The body, which may come without saying how long it is. Throws past the limit in bytes. */
async function* upTo(
  body: AsyncIterable<Uint8Array>,
  limit: number,
  tooLong: () => Error,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > limit) throw tooLong();
    yield piece;
  }
}

/** As it is shown again: what was chosen already, or why it was refused. */
export interface TypedFile {
  /** Id of the upload; empty where none was chosen. */
  readonly id: string;
  readonly name: string;
  readonly error: string;
}

/** A file: its upload’s id, to be taken by `uploads.take`. `missing` is said where there must be one. */
export const fileField = (
  name: string,
  { missing }: { readonly missing?: string } = {},
): Field<TypedFile, string | undefined> => ({
  inputs: [`${name}-file`, name],
  read: (body) => ({
    id: formText(body, name),
    name: formText(body, `${name}-name`).slice(0, 200),
    error: formText(body, `${name}-error`).slice(0, 300),
  }),
  parse({ id, error }) {
    const wrong = (text: string): { errors: readonly FieldError[] } => ({
      errors: [{ field: `${name}-file`, text }],
    });
    if (error !== '') return wrong(error);
    if (id === '' && missing !== undefined) return wrong(missing);
    return { value: id === '' ? undefined : id };
  },
});
