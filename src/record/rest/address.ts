/** Types, ids and versions as they stand in an address. */
import { quoted } from '../../fhir/message-text.ts';
import { nearestName } from '../../fhir/nearest-name.ts';
import { isResourceType, resourceTypes } from '../../fhir/resource-types.ts';
import { type Problem, problem } from '../../platform/problem.ts';
import { isId } from '../prepare.ts';

/** Names a type that is none, and the one that was probably meant. */
export function unknownType(name: string): Problem {
  const near = nearestName(name, resourceTypes);
  return problem(
    'not-supported',
    `${quoted(name)} is not a FHIR R4 resource type.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    { status: 404, where: 'http.path.type' },
  );
}

/** Checks the type in an address; throws 404 and the nearest name. */
export function typeOf(name: string | undefined): string {
  if (isResourceType(name)) return name;
  throw unknownType(name ?? '');
}

/** Checks an id in an address; throws 400. */
export function idOf(text: string | undefined): string {
  if (text !== undefined && isId(text)) return text;
  throw problem(
    'invalid',
    `${quoted(text ?? '')} is not an id: an id has 1 to 64 letters (A-Z, a-z), digits, - and dots.`,
    { where: 'http.path.id' },
  );
}

/** The number of a version in an address. Versions that we never give do not exist: 404. */
export function versionOf(type: string, id: string, text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw problem(
    'not-found',
    `${type}/${id} has no version ${quoted(text ?? '')}. Versions are numbered from 1.`,
    {
      where: 'http.path.vid',
    },
  );
}
