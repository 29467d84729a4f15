/** For who calls or comes to the desk: staff find the person and ask for them, into the same queue. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { nhsNumberSystem } from '../../fhir/nhs-number.ts';
import { problem } from '../../platform/problem.ts';
import { firstText } from '../../web/addresses.ts';
import { addressLines } from '../../web/contacts.ts';
import { wholeDate } from '../../web/form-fields.ts';
import { bannerOf } from '../../web/patient-banner.ts';
import { nhsNumberIn } from '../../web/person-fields.ts';
import { searchPage, searchText, searchValue } from '../../web/record-reading.ts';
import type { HelpNeeds } from './needs.ts';
import type { ShowPage } from './page-parts.ts';

type Found =
  | { readonly query: readonly (readonly [name: string, value: string])[] }
  | { readonly error: string }
  | { readonly none: true };

/** One box: an NHS number, a date of birth and a name, in any order. */
export function searchOf(typed: string): Found {
  let rest = typed.trim();
  if (rest === '') return { none: true };
  const query: [string, string][] = [];
  const number = /(?<!\S)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\S)/.exec(rest)?.[0];
  if (number !== undefined) {
    const read = nhsNumberIn(number);
    if (typeof read !== 'string') return { error: read.text };
    query.push(['identifier', `${nhsNumberSystem}|${read}`]);
    rest = rest.replace(number, ' ');
  }
  const date = /(?<!\S)(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})(?!\S)/.exec(rest);
  if (date) {
    const [whole, day = '', month = '', year = ''] = date;
    const born = wholeDate('q', { day, month, year }, 'Date of birth');
    if (typeof born !== 'string') return { error: born.text };
    query.push(['birthdate', born]);
    rest = rest.replace(whole, ' ');
  }
  const names = rest.split(/[\s,]+/).filter((word) => word !== '');
  if (names.length > 6) return { error: 'Name must be 6 words or fewer' };
  for (const name of names) query.push(['name', searchValue(name)]);
  return query.length === 0 ? { none: true } : { query };
}

export function staffPages(app: FastifyInstance, needs: HelpNeeds, show: ShowPage): void {
  const { visitors, record, clock, actorOf } = needs;
  app.get(
    '/get-help/for-someone',
    async (request: FastifyRequest<{ Querystring: Record<string, unknown> }>, reply) => {
      const visitor = await visitors.visitorOf(request);
      const actor = actorOf(request);
      if (!visitor.staff) throw problem('forbidden', 'This is for those who answer a practice’s phone.');
      const typed = firstText(request.query['q']).slice(0, 200);
      const found = searchOf(typed);
      const asked = 'query' in found ? found.query : undefined;
      const page = asked
        ? await searchPage<Patient>(
            { record, actor },
            'Patient',
            searchText([...asked, ['_sort', 'family,given'], ['_count', '20']]),
          )
        : undefined;
      const error = 'error' in found ? found.error : '';
      return show(request, reply.code(error ? 422 : 200), visitor, undefined, 'for-someone', {
        ...{
          title: error ? 'Error: Ask for someone' : 'Ask for someone',
          typed,
          error,
          searched: page !== undefined,
        },
        people: page?.resources.map((patient) => ({
          ...bannerOf(patient, clock.now()),
          address: addressLines(patient.address?.find(({ use }) => use !== 'old')).join(', '),
        })),
        more: page?.next !== undefined,
      });
    },
  );
}
