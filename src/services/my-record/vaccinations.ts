/** Vaccinations as the person who had them reads them. */
import type { Immunization, ImmunizationRecommendation } from '@medplum/fhirtypes';
import { conceptsText, conceptText } from '../../web/coded.ts';
import { formatDate, parseDate } from '../../web/dates.ts';
import { dateOf, titleOf } from '../../web/entry.ts';
import type { NameOf } from './names-of.ts';
import { clinicianLines, isWrong, linesOf, newestFirst, type Told, whenOf } from './told.ts';

const doseText = (one: Immunization): string => {
  const protocol = one.protocolApplied?.[0];
  const dose = protocol?.doseNumberPositiveInt ?? protocol?.doseNumberString;
  const of = protocol?.seriesDosesPositiveInt ?? protocol?.seriesDosesString;
  if (dose === undefined) return '';
  return of === undefined ? String(dose) : `${dose} of ${of}`;
};

const against = (one: Immunization): string =>
  (one.protocolApplied ?? [])
    .map(({ targetDisease }) => conceptsText(targetDisease))
    .filter(Boolean)
    .join(', ');

/** Newest first. One that was not given says so. */
export function vaccinationsOf(all: readonly Immunization[], nameOf: NameOf): readonly Told[] {
  return [...all]
    .filter((one) => !isWrong(one))
    .sort(newestFirst)
    .map((one) => {
      const missed = one.status === 'not-done';
      const givenBy = (one.performer ?? []).map(({ actor }) => nameOf(actor)).filter(Boolean);
      return {
        ...{ id: one.id ?? '', title: titleOf(one), written: '' },
        ...{ tag: missed ? 'Not given' : '', tagColour: 'grey' },
        lines: linesOf(
          [missed ? 'Date' : 'Given', whenOf(dateOf(one))],
          ['Why not', missed ? conceptText(one.statusReason) : ''],
          ['Protects against', against(one)],
          ['Dose', doseText(one)],
          ['Where', nameOf(one.location)],
          ['By', [...new Set(givenBy)].join(', ')],
        ),
        clinician: clinicianLines(
          one,
          one.vaccineCode,
          nameOf,
          ...linesOf(
            ['Batch', one.lotNumber],
            ['Place on the body', conceptText(one.site)],
            ['How', conceptText(one.route)],
          ),
        ),
      };
    });
}

export interface Due {
  readonly title: string;
  readonly when: string;
}

/** Vaccinations that are due by a day, soonest first. Source: R4 ImmunizationRecommendation; LOINC 30980-7 date vaccine due. */
export function vaccinationsDue(
  all: readonly ImmunizationRecommendation[],
  by = '9999-12-31',
): readonly Due[] {
  const over = new Set(['complete', 'immune', 'contraindicated']);
  return all
    .flatMap((one) => one.recommendation ?? [])
    .filter(({ forecastStatus }) => !(forecastStatus?.coding ?? []).some(({ code }) => over.has(code ?? '')))
    .flatMap((one) => {
      const dates = (one.dateCriterion ?? []).filter(({ code }) =>
        code?.coding?.some((coding) => coding.code === '30980-7' || coding.code === '30981-5'),
      );
      const date = dates.map(({ value }) => value ?? '').sort()[0] ?? '';
      const title = conceptText(one.vaccineCode?.[0]) || conceptText(one.targetDisease);
      const key = parseDate(date)?.key ?? '';
      return title && key <= by ? [{ title, key, when: key ? `From ${formatDate(date)}` : 'Now' }] : [];
    })
    .sort((a, b) => a.key.localeCompare(b.key))
    .map(({ title, when }) => ({ title, when }));
}
