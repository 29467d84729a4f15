/** Scans and X-rays with their reports, as the person who had them reads them. */
import type { DiagnosticReport, ImagingStudy } from '@medplum/fhirtypes';
import { conceptsText, conceptText } from '../../web/coded.ts';
import { formatDate, parseDate } from '../../web/dates.ts';
import { dateOf, titleOf } from '../../web/entry.ts';
import { meaningOf, meaningOfWords } from './glossary/lookup.ts';
import type { NameOf } from './names-of.ts';
import { isImaging } from './results.ts';
import { clinicianLines, explainedBy, isWrong, linesOf, type Told, whenOf } from './told.ts';

/** DICOM PS3.3 C.7.3.1.1.1, the modalities that patients meet, as the glossary has them. */
const modalities: Record<string, string> = {
  CT: 'CT scan',
  MR: 'MRI scan',
  US: 'Ultrasound',
  CR: 'X-ray',
  DX: 'X-ray',
  RF: 'X-ray',
  MG: 'Breast X-ray (mammogram)',
  ECG: 'Heart tracing (ECG)',
  NM: 'Nuclear medicine scan',
  PT: 'PET scan',
  PX: 'Dental X-ray',
  IO: 'Dental X-ray',
  OP: 'Photograph of the eye',
  XC: 'Photograph',
  ES: 'Camera test',
};

const modalityOf = (study: ImagingStudy): string => {
  const coding = study.modality?.[0] ?? study.series?.[0]?.modality;
  return modalities[coding?.code ?? ''] ?? coding?.display ?? '';
};

const bodyOf = (study: ImagingStudy): string =>
  [...new Set((study.series ?? []).map(({ bodySite }) => bodySite?.display ?? ''))]
    .filter(Boolean)
    .join(', ');

const picturesOf = (study: ImagingStudy): string => {
  const count =
    study.numberOfInstances ??
    (study.series ?? []).reduce((all, one) => all + (one.numberOfInstances ?? 0), 0);
  return count > 0 ? count.toLocaleString('en-GB') : '';
};

export interface Scan extends Told {
  readonly key: string;
  /** What the report says, in the clinician’s words: it is not made plainer, since its meaning could change. */
  readonly report: string;
  readonly files: readonly { readonly href: string; readonly text: string }[];
}

const filesOf = (person: string, report: DiagnosticReport | undefined): Scan['files'] =>
  (report?.presentedForm ?? []).flatMap((form, index) =>
    form.data || form.url
      ? [
          {
            href: `/my-record/${person}/imaging/${report?.id ?? ''}/files/${index}`,
            text: form.title || 'The whole report',
          },
        ]
      : [],
  );

const scan = (
  person: string,
  study: ImagingStudy | undefined,
  report: DiagnosticReport | undefined,
  nameOf: NameOf,
): Scan => {
  const subject = study ?? report!; // one of the two is there
  const modality = study ? modalityOf(study) : '';
  const written = titleOf(subject);
  const title = modality && written === 'Imaging' ? modality : written;
  const explained = explainedBy(
    (modality ? meaningOfWords(modality, ['term', 'test']) : undefined) ??
      meaningOf(report?.code, ['term', 'test']) ??
      meaningOfWords(written, ['term', 'test']),
  );
  const date = dateOf(subject) || report?.issued || '';
  const waiting = report?.status === 'registered' || report?.status === 'preliminary';
  return {
    ...{ id: subject.id ?? '', title, written: '', key: parseDate(date)?.key ?? '' },
    tag: !report ? 'No report yet' : waiting ? 'Not final yet' : '',
    tagColour: 'grey',
    lines: linesOf(
      ['Date', whenOf(date)],
      ['Kind', modality === title ? '' : modality],
      ['Part of the body', study ? bodyOf(study) : ''],
      ['Why', study ? conceptsText(study.reasonCode) : ''],
      ['Where', nameOf(study?.location)],
      ['Asked for by', nameOf(study?.referrer)],
      [
        'Reported by',
        (report?.resultsInterpreter ?? report?.performer ?? []).map(nameOf).filter(Boolean).join(', '),
      ],
      ['Pictures', study ? picturesOf(study) : ''],
    ),
    report: report?.conclusion?.trim() ?? '',
    files: filesOf(person, report),
    ...(explained ? { explained } : {}),
    clinician: clinicianLines(
      subject,
      study ? study.procedureCode?.[0] : report?.code,
      nameOf,
      ...linesOf(
        ['Report', report && study ? titleOf(report) : ''],
        ['Reported', formatDate(report?.issued)],
        ['Conclusion codes', (report?.conclusionCode ?? []).map(conceptText).filter(Boolean).join(', ')],
      ),
    ),
  };
};

/** Studies with the report that names each, and reports of studies that are not here. Newest first. */
export function scansOf(
  person: string,
  studies: readonly ImagingStudy[],
  reports: readonly DiagnosticReport[],
  nameOf: NameOf,
): readonly Scan[] {
  const own = reports.filter((one) => !isWrong(one) && isImaging(one));
  const used = new Set<DiagnosticReport>();
  const shown = studies
    .filter((one) => !isWrong(one) && one.status !== 'cancelled')
    .map((study) => {
      const report = own.find(({ imagingStudy }) =>
        imagingStudy?.some(({ reference }) => reference === `ImagingStudy/${study.id}`),
      );
      if (report) used.add(report);
      return scan(person, study, report, nameOf);
    });
  const alone = own.filter((one) => !used.has(one)).map((report) => scan(person, undefined, report, nameOf));
  return [...shown, ...alone].sort((a, b) => b.key.localeCompare(a.key));
}
