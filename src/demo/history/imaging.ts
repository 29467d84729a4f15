/** Images by reference, with their reports. The images themselves are not made. */
import { createHash } from 'node:crypto';
import type {
  DiagnosticReport,
  Encounter,
  ImagingStudy,
  Location,
  Patient,
  Resource,
} from '@medplum/fhirtypes';
import { hl7, profiled, reference } from '../build.ts';
import { conditionKinds } from '../codes/conditions.ts';
import {
  breastScreening,
  type ImagingKey,
  type ImagingKind,
  imagingKinds,
  type Reported,
  reportsOf,
} from '../codes/imaging.ts';
import type { Contact, HistoryPart, Life, Region } from '../model.ts';
import { ageOn, dayOf, momentOf, weekday, year } from './calendar.ts';
import { lastDay } from './measurements.ts';
import {
  contactNear,
  organisationOfKind,
  organisationReference,
  usualDoctor,
  workerAt,
  workerReference,
} from './staff.ts';

interface Taken extends Pick<Reported, 'kind' | 'findings' | 'conclusion'> {
  readonly day: number;
  readonly reason: string;
  readonly contact?: Contact;
}

/** Those during a stay or visit belong to it. */
const sameVisit = 3;

export const imaging: HistoryPart = (life, region, random) => {
  const r = random.fork('imaging');
  const [from, until] = [dayOf(life.from), lastDay(life, region)];
  const hospital = life.contacts.filter(({ kind }) => kind === 'emergency' || kind === 'admission');
  const taken: Taken[] = [];
  for (const { key, onset } of life.problems)
    for (const one of reportsOf[key] ?? []) {
      // Drawn whether or not it counts, so that one problem's images change none of another's.
      const [wanted, later] = [r.chance(one.share), r.whole(0, 6)];
      const day = dayOf(onset) + one.after + (one.after === 0 ? 0 : later);
      if (!wanted || day <= from || day > until) continue;
      const contact = one.after === 0 ? contactNear(hospital, day, sameVisit) : undefined;
      const reason = conditionKinds.get(key)?.term ?? key;
      taken.push({
        ...one,
        day: contact ? dayOf(contact.start) : weekday(day),
        reason,
        ...(contact ? { contact } : {}),
      });
    }
  taken.push(...screening(life, from, until, r.whole(0, 1_000), r.chance(0.72)));
  return taken
    .filter(({ day }) => day > dayOf(life.person.born) && day <= until)
    .toSorted((a, b) => a.day - b.day)
    .flatMap((one, i) =>
      study(life, region, one, `${life.person.id}-image-${String(i + 1).padStart(2, '0')}`),
    );
};

function screening(
  { person, problems }: Life,
  from: number,
  until: number,
  offset: number,
  comes: boolean,
): Taken[] {
  if (person.sex !== 'female' || !comes || problems.some(({ key }) => key === 'breast-cancer')) return [];
  const taken: Taken[] = [];
  const first = dayOf(person.born) + 50 * year + offset;
  for (let day = Math.round(first); ageOn(person.born, day) < 71; day += Math.round(3 * year))
    if (day > from && day <= until)
      taken.push({ ...breastScreening, kind: 'mammogram', day: weekday(day), reason: 'Breast screening' });
  return taken;
}

function study(life: Life, region: Region, one: Taken, id: string): Resource[] {
  const kind: ImagingKind = imagingKinds[one.kind];
  const isScan = one.contact === undefined && scans.has(one.kind);
  const place =
    (isScan ? organisationOfKind(region, 'diagnostic-centre') : undefined) ??
    organisationOfKind(region, 'acute-trust');
  if (!place) return [];
  const site = region.sites.find(({ organisation }) => organisation === place.id);
  const radiographer = workerAt(region, place.id, 'radiographer', life);
  const radiologist = workerAt(region, place.id, 'radiologist', life);
  const subject = reference<Patient>('Patient', life.person.id);
  // Never before the visit at which it was asked for.
  const started = one.contact
    ? new Date(Date.parse(one.contact.start) + 30 * 60_000).toISOString().replace('.000Z', 'Z')
    : momentOf(one.day, 8 * 60 + (uidOf(id).charCodeAt(9) % 9) * 60);
  const issued = new Date(Date.parse(started) + 5 * 3_600_000).toISOString().replace('.000Z', 'Z');
  const encounter = one.contact ? { encounter: reference<Encounter>('Encounter', one.contact.id) } : {};
  const imagingStudy: ImagingStudy = {
    ...{ resourceType: 'ImagingStudy', id, meta: profiled('UKCore-ImagingStudy'), status: 'available' },
    identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${uidOf(id)}` }],
    modality: [modality(kind)],
    ...{ subject, ...encounter, started },
    referrer: workerReference(one.contact?.worker ?? usualDoctor(life, region)),
    ...(radiologist ? { interpreter: [workerReference(radiologist)] } : {}),
    ...{
      numberOfSeries: kind.images.length,
      numberOfInstances: kind.images.reduce((sum, count) => sum + count, 0),
    },
    procedureCode: [kind.code],
    ...(site ? { location: reference<Location>('Location', site.id, site.name) } : {}),
    reasonCode: [{ text: one.reason }],
    description: kind.code.text ?? '',
    series: kind.images.map((count, i) => ({
      ...{
        uid: uidOf(`${id}/${i}`),
        number: i + 1,
        modality: modality(kind),
        numberOfInstances: count,
        started,
      },
      ...(radiographer ? { performer: [{ actor: workerReference(radiographer) }] } : {}),
    })),
  };
  const report: DiagnosticReport = {
    ...{ resourceType: 'DiagnosticReport', id: `${id}-report`, status: 'final' },
    meta: profiled('UKCore-DiagnosticReport'),
    category: [hl7('v2-0074', 'RAD', 'Radiology')],
    ...{ code: kind.code, subject, ...encounter, effectiveDateTime: started, issued },
    performer: [organisationReference(place)],
    ...(radiologist ? { resultsInterpreter: [workerReference(radiologist)] } : {}),
    imagingStudy: [reference<ImagingStudy>('ImagingStudy', id)],
    conclusion: one.conclusion,
    presentedForm: [
      {
        ...{
          contentType: 'text/plain; charset=utf-8',
          language: 'en-GB',
          title: `Report: ${kind.code.text}`,
        },
        data: Buffer.from(
          `Reason: ${one.reason}\n\nFindings: ${one.findings}\n\nConclusion: ${one.conclusion}\n`,
        ).toString('base64'),
      },
    ],
  };
  return [imagingStudy, report];
}

const scans: ReadonlySet<ImagingKey> = new Set<ImagingKey>([
  'mr-knee',
  'mr-back',
  'bones',
  'mammogram',
  'abdomen',
]);

const modality = (kind: ImagingKind) => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code: kind.modality,
});

/** A UID of DICOM made from a name. Source: DICOM PS3.5 B.2 (2.25 and a whole number of up to 128 bits). */
function uidOf(name: string): string {
  const hash = createHash('sha256').update(name).digest();
  return `2.25.${((hash.readBigUInt64BE(0) << 62n) + hash.readBigUInt64BE(8) / 4n).toString()}`;
}
