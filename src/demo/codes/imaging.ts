/** Images that are taken of people: how, of what, and what a report of them says. Codes: SNOMED CT as Synthea and FHIR's examples give it; DICOM modalities. */
import type { CodeableConcept } from '@medplum/fhirtypes';
import { said, snomed } from '../build.ts';

export interface ImagingKind {
  readonly code: CodeableConcept;
  /** DICOM PS3.3 C.7.3.1.1.1. */
  readonly modality: 'CR' | 'DX' | 'MG' | 'CT' | 'MR' | 'US' | 'BMD';
  /** Images of each series. */
  readonly images: readonly number[];
}

export const imagingKinds = {
  chest: { code: snomed('399208008', 'Plain chest X-ray', 'Chest X-ray'), modality: 'DX', images: [1] },
  hip: { code: said('X-ray of hip'), modality: 'DX', images: [2] },
  knee: { code: snomed('74016001', 'Knee X-ray', 'X-ray of knee'), modality: 'DX', images: [2] },
  ankle: { code: snomed('19490002', 'Ankle X-ray', 'X-ray of ankle'), modality: 'DX', images: [2] },
  wrist: { code: snomed('60027007', 'X-ray of wrist'), modality: 'DX', images: [2] },
  mammogram: { code: snomed('71651007', 'Mammography', 'Mammogram'), modality: 'MG', images: [4] },
  'ct-head': { code: said('CT of head'), modality: 'CT', images: [1, 160] },
  'ct-chest': { code: said('CT of chest'), modality: 'CT', images: [1, 320] },
  'mr-knee': { code: said('MRI of knee'), modality: 'MR', images: [24, 24, 30] },
  'mr-back': { code: said('MRI of lower back'), modality: 'MR', images: [15, 15, 30] },
  abdomen: { code: said('Ultrasound of abdomen'), modality: 'US', images: [28] },
  echo: {
    code: snomed('433236007', 'Transthoracic echocardiography', 'Ultrasound of heart'),
    modality: 'US',
    images: [42],
  },
  bones: {
    code: snomed('312681000', 'Bone density scan', 'Bone density scan (DEXA)'),
    modality: 'BMD',
    images: [3],
  },
} as const satisfies Record<string, ImagingKind>;

export type ImagingKey = keyof typeof imagingKinds;

export interface Reported {
  readonly kind: ImagingKey;
  /** Days after the problem began. */
  readonly after: number;
  /** 0 to 1, of those with the problem. */
  readonly share: number;
  readonly findings: string;
  readonly conclusion: string;
}

const reported = (
  kind: ImagingKey,
  after: number,
  share: number,
  findings: string,
  conclusion: string,
): Reported => ({
  ...{ kind, after, share, findings, conclusion },
});

/** By problem. */
export const reportsOf: Readonly<Record<string, readonly Reported[]>> = {
  copd: [
    reported(
      'chest',
      12,
      0.8,
      'The lungs are over-inflated and the diaphragm is flat. No consolidation. No mass. Heart size normal.',
      'Signs of COPD. No sign of cancer or infection.',
    ),
  ],
  pneumonia: [
    reported(
      'chest',
      0,
      0.9,
      'Consolidation in the right lower zone with air bronchograms. No effusion.',
      'Right lower lobe pneumonia. Repeat in six weeks.',
    ),
    reported('chest', 44, 0.6, 'The earlier consolidation has cleared. No underlying mass.', 'Resolved.'),
  ],
  'heart-failure': [
    reported(
      'echo',
      25,
      0.9,
      'The left ventricle is dilated with an ejection fraction of about 38%. Mild mitral regurgitation.',
      'Moderately impaired left ventricle.',
    ),
    reported(
      'chest',
      3,
      0.6,
      'The heart is enlarged. Upper lobe blood diversion and small effusions at both bases.',
      'Signs of heart failure.',
    ),
  ],
  'atrial-fibrillation': [
    reported(
      'echo',
      40,
      0.7,
      'Left atrium mildly enlarged. Valves normal. Ejection fraction 58%.',
      'Normal left ventricle.',
    ),
  ],
  'hip-fracture': [
    reported(
      'hip',
      0,
      1,
      'Displaced fracture of the neck of the left femur. The pelvic ring is intact.',
      'Fracture of the neck of the left femur.',
    ),
  ],
  'ankle-fracture': [
    reported(
      'ankle',
      0,
      1,
      'Undisplaced fracture of the lateral malleolus. The mortise is congruent.',
      'Stable fracture of the lateral malleolus.',
    ),
  ],
  'ankle-sprain': [
    reported(
      'ankle',
      0,
      0.4,
      'Soft tissue swelling over the lateral malleolus. No fracture.',
      'No fracture.',
    ),
  ],
  'forearm-fracture': [
    reported(
      'wrist',
      0,
      1,
      'Fracture of the distal radius with slight dorsal angulation.',
      'Fracture of the distal radius.',
    ),
  ],
  osteoarthritis: [
    reported(
      'knee',
      60,
      0.5,
      'Narrowing of the medial joint space with osteophytes on both sides.',
      'Moderate wear of the knee joint.',
    ),
    reported(
      'hip',
      500,
      0.3,
      'Loss of joint space of the right hip with subchondral sclerosis.',
      'Advanced wear of the right hip.',
    ),
    reported(
      'mr-knee',
      700,
      0.12,
      'Degenerate tear of the posterior horn of the medial meniscus. Cruciate ligaments intact.',
      'Tear of the medial meniscus with wear of the joint.',
    ),
  ],
  stroke: [
    reported(
      'ct-head',
      0,
      1,
      'Low density in the territory of the left middle cerebral artery. No haemorrhage.',
      'Ischaemic stroke on the left. No bleed.',
    ),
  ],
  'head-injury': [
    reported('ct-head', 0, 0.35, 'No fracture, haemorrhage or mass effect.', 'Normal CT of the head.'),
  ],
  dementia: [
    reported(
      'ct-head',
      30,
      0.7,
      'General loss of volume, more in the temporal lobes. Small vessel change. No subdural collection.',
      'Loss of volume more than age would explain.',
    ),
  ],
  epilepsy: [reported('ct-head', 8, 0.5, 'No focal lesion. Ventricles normal.', 'Normal CT of the head.')],
  'lung-cancer': [
    reported(
      'ct-chest',
      -6,
      0.95,
      'Spiculated mass of 31 mm in the right upper lobe. Enlarged right hilar node. Liver and adrenals clear.',
      'Likely lung cancer. Discussed at the multidisciplinary meeting.',
    ),
  ],
  'breast-cancer': [
    reported(
      'mammogram',
      -12,
      0.95,
      'Spiculated mass of 18 mm in the upper outer quadrant of the left breast.',
      'Suspicious of cancer (M5). Biopsy advised.',
    ),
  ],
  gallstones: [
    reported(
      'abdomen',
      10,
      0.9,
      'Several stones in the gallbladder. The bile duct measures 4 mm. Liver normal.',
      'Gallstones without obstruction.',
    ),
  ],
  'kidney-stone': [
    reported(
      'abdomen',
      2,
      0.7,
      'Stone of 5 mm at the lower pole of the left kidney without hydronephrosis.',
      'Small stone of the left kidney.',
    ),
  ],
  'chronic-kidney-disease': [
    reported(
      'abdomen',
      50,
      0.5,
      'Both kidneys measure 9.5 cm with thin cortex. No obstruction.',
      'Small kidneys, as in long-term disease.',
    ),
  ],
  osteoporosis: [
    reported('bones', -10, 0.9, 'T-score of the hip -2.6, of the lower spine -2.8.', 'Osteoporosis.'),
  ],
  sciatica: [
    reported(
      'mr-back',
      60,
      0.25,
      'Disc prolapse at L5/S1 that touches the right S1 root. No narrowing of the canal.',
      'Disc prolapse at L5/S1.',
    ),
  ],
};

/** Every three years from 50 to 71. Source: the NHS breast screening programme. */
export const breastScreening: Pick<Reported, 'findings' | 'conclusion'> = {
  ...{ findings: 'Fatty replaced breasts. No mass, distortion or suspicious calcification.' },
  conclusion: 'Normal. Next invitation in three years.',
};
