/** In which form a client sends and wants FHIR. Source: FHIR R4, RESTful API (content types), Version Management. */
import { quoted } from '../../fhir/message-text.ts';
import { type Problem, problem } from '../../platform/problem.ts';

export const fhirJson = 'application/fhir+json; charset=utf-8';

interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function readMediaType(text: string): MediaType {
  const [type = '', ...rest] = text.split(';');
  const parameters = new Map(
    rest.map((part) => {
      const [name = '', value = ''] = part.split('=', 2);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')] as const;
    }),
  );
  return { type: type.trim().toLowerCase(), parameters };
}

const isR4 = (version: string | undefined): boolean =>
  version === undefined || version === '4.0' || version === '4.0.1';

/** Generic names of JSON are answered with the same name (R4, RESTful API). */
const answered: Readonly<Record<string, string>> = {
  'application/fhir+json': fhirJson,
  'application/json+fhir': fhirJson,
  'application/json': 'application/json; charset=utf-8',
  'text/json': 'text/json; charset=utf-8',
  '*/*': fhirJson,
  'application/*': fhirJson,
};

/** Other forms of FHIR, which a client may well ask for. */
const otherForms = /^(?:xml|ttl|turtle|html|ndjson|.*\/(?:.*\+)?(?:xml|turtle|ndjson|html))$/;

const forget = 200;
const accepts = new Map<string, string | Problem>();

/**
 * The Content-Type of an answer that suits an Accept header: JSON under the name that was asked for. Throws 406 where
 * the client takes none of them.
 */
export function acceptedType(accept: string | undefined): string {
  if (accept === undefined || accept === '') return fhirJson;
  let known = accepts.get(accept);
  if (known === undefined) {
    known = chooseType(accept);
    if (accepts.size >= forget) accepts.clear();
    if (accept.length < 500) accepts.set(accept, known);
  }
  if (typeof known === 'string') return known;
  throw known;
}

function chooseType(accept: string): string | Problem {
  let best: { readonly type: string; readonly weight: number } | undefined;
  let otherVersion: string | undefined;
  for (const part of accept.split(',')) {
    const { type, parameters } = readMediaType(part);
    const name = Object.hasOwn(answered, type) ? answered[type] : undefined;
    if (name === undefined) continue;
    const version = parameters.get('fhirversion');
    if (!isR4(version)) {
      otherVersion = version;
      continue;
    }
    const weight = Number(parameters.get('q') ?? 1);
    if (weight > 0 && (!best || weight > best.weight)) best = { type: name, weight };
  }
  if (best) return best.type;
  return problem(
    'not-supported',
    otherVersion === undefined
      ? `This server answers in JSON only: accept application/fhir+json. Your Accept is ${quoted(accept)}.`
      : `This server speaks FHIR 4.0, not ${quoted(otherVersion)}: leave fhirVersion out or write fhirVersion=4.0.`,
    { status: 406, where: 'http.header.Accept' },
  );
}

/** The Content-Type for a `_format` parameter, which goes before Accept (R4, RESTful API). Throws 406, or 400 where it is no format. */
export function formatType(format: string): string {
  // “+” in an address stands for a blank, so application/fhir+json mostly comes so.
  const { type, parameters } = readMediaType(format.replaceAll(' ', '+'));
  if (!isR4(parameters.get('fhirversion'))) {
    throw problem('not-supported', 'This server speaks FHIR 4.0: write fhirVersion=4.0 or leave it out.', {
      status: 406,
      where: 'http.query._format',
    });
  }
  if (type === 'json') return fhirJson;
  const name = Object.hasOwn(answered, type) ? answered[type] : undefined;
  if (name !== undefined) return name;
  throw problem(
    'not-supported',
    `${quoted(format)} is not a form that this server answers in. Write _format=json.`,
    { status: otherForms.test(type) ? 406 : 400, where: 'http.query._format' },
  );
}

const jsonTypes = new Set([
  'application/fhir+json',
  'application/json',
  'application/json+fhir',
  'text/json',
]);

/** Whether a Content-Type is one of JSON that holds FHIR resources. */
export function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && jsonTypes.has(readMediaType(contentType).type);
}

/** Whether an Accept header names FHIR or JSON itself, not by a wildcard. */
export function namesJson(accept: string): boolean {
  return accept.split(',').some((part) => jsonTypes.has(readMediaType(part).type));
}

/** Refuses a body that is not of one of the types (415), in another charset or of another FHIR version. */
export function refuseOtherType(
  contentType: string | undefined,
  types: ReadonlySet<string> = jsonTypes,
): void {
  if (contentType === fhirJson || contentType === 'application/fhir+json') {
    if (types === jsonTypes) return;
  }
  const where = 'http.header.Content-Type';
  const wanted = [...types][0] ?? '';
  const extra = { status: 415, where, headers: { Accept: wanted } };
  if (contentType === undefined || contentType === '')
    throw problem('not-supported', `Say what the body is: Content-Type: ${wanted}.`, extra);
  const { type, parameters } = readMediaType(contentType);
  if (!types.has(type)) {
    throw problem(
      'not-supported',
      `A body of type ${quoted(type)} is not taken here. Send it as ${wanted}.`,
      extra,
    );
  }
  const charset = parameters.get('charset')?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii')
    throw problem('not-supported', `FHIR is sent in UTF-8, not in ${quoted(charset)}.`, extra);
  if (!isR4(parameters.get('fhirversion')))
    throw problem(
      'not-supported',
      'This server speaks FHIR 4.0: send fhirVersion=4.0 or leave it out.',
      extra,
    );
}
