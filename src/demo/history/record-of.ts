/** A life as the resources of a record. */
import type { Resource } from '@medplum/fhirtypes';
import { seededRandom } from '../../platform/random.ts';
import type { HistoryPart, Life, Region } from '../model.ts';
import { allergiesPart } from './allergies.ts';
import { care } from './care.ts';
import { conditionsPart } from './conditions.ts';
import { encountersPart } from './encounters.ts';
import { imaging } from './imaging.ts';
import { immunisations } from './immunisations.ts';
import { letters } from './letters.ts';
import { maternity } from './maternity.ts';
import { measurements } from './measurements.ts';
import { medicinesPart } from './medicines.ts';
import { patientPart } from './patient.ts';
import { proceduresPart } from './procedures.ts';
import { protection } from './protection.ts';
import { referralsPart } from './referrals.ts';

/** In an order in which references point backwards: what a part refers to is of its own or of an earlier part. */
const parts: readonly (readonly [name: string, part: HistoryPart])[] = [
  ['patient', patientPart],
  ['allergies', allergiesPart],
  ['conditions', conditionsPart],
  ['referrals', referralsPart],
  ['encounters', encountersPart],
  ['procedures', proceduresPart],
  ['medicines', medicinesPart],
  ['measurements', measurements],
  ['immunisations', immunisations],
  ['imaging', imaging],
  ['letters', letters],
  ['maternity', maternity],
  ['protection', protection],
  ['care', care],
];

/** Everything of the person, and nothing of anyone else; the same for the same life. References to places and staff are of the region. */
export function recordOf(life: Life, region: Region): Resource[] {
  const random = seededRandom(`${region.seed}/record/${life.person.id}`);
  return parts.flatMap(([name, part]) => part(life, region, random.fork(name)));
}
