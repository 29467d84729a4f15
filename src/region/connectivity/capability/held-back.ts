/**
 * What a line holds back in an ordinary week, from what is done at the site and when it is open.
 *
 * Consultations: those wanted by video are spread evenly over the minutes the site is open. In each hour the line carries as
 * many as it has room for at once, times 60 over the minutes that one takes. What is wanted beyond that is held back.
 * Images: for each study, the seconds it takes on this line less the seconds it would take on full fibre of 100 Mbit/s.
 */
import type {
  Activity,
  Binding,
  CareService,
  HeldBack,
  ImagingModality,
  ServiceCapability,
} from '../model.ts';
import { hoursInWeek } from './hours-of-week.ts';
import { consultationMinutes, fullFibre, imageService } from './rule-table.ts';
import { judgeLine } from './rules.ts';

export interface HeldBackAsked {
  readonly site: string;
  readonly activity: Activity;
  /** Minutes open in each hour of the week. */
  readonly minutes: Float64Array;
  /** It takes images, and so sends them; others open them. */
  readonly takesImages: boolean;
  /** What the line carries of a service in an hour of the week. */
  readonly judged: (hour: number, service: CareService) => ServiceCapability;
}

/** Verdicts of images at full fibre: what waiting is compared with. */
const best = judgeLine(fullFibre);

export function heldBackOf({ site, activity, minutes, takesImages, judged }: HeldBackAsked): HeldBack {
  const hours = Array.from({ length: hoursInWeek }, (_, hour) => hour).filter(
    (hour) => (minutes[hour] ?? 0) > 0,
  );
  const open = hours.reduce((sum, hour) => sum + (minutes[hour] ?? 0), 0);
  const video = videoHeld(activity.videoWanted, hours, minutes, open, judged);
  const images = imageWait(activity.images, hours, minutes, open, takesImages, judged);
  return {
    ...{ site, consultations: video?.held, imageHours: images?.hours },
    binding:
      video && video.held >= 0.5 ? video.binding : images && images.hours >= 0.1 ? images.binding : undefined,
  };
}

interface Lost {
  readonly held: number;
  readonly binding: Binding | undefined;
}

function videoHeld(
  wanted: number | undefined,
  hours: readonly number[],
  minutes: Float64Array,
  open: number,
  judged: HeldBackAsked['judged'],
): Lost | undefined {
  if (wanted === undefined || open === 0) return undefined;
  let [held, most] = [0, 0];
  let binding: Binding | undefined;
  for (const hour of hours) {
    const video = judged(hour, 'video');
    if (video.verdict === 'unknown') return undefined;
    const here = minutes[hour] ?? 0;
    const asked = (wanted * here) / open;
    const room = video.verdict === 'no' ? 0 : ((video.atOnce ?? 0) * here) / consultationMinutes.value;
    const lost = Math.max(0, asked - room);
    held += lost;
    if (lost > most) [most, binding] = [lost, video.binding];
  }
  return { held, binding };
}

interface Waited {
  readonly hours: number;
  readonly binding: Binding | undefined;
}

function imageWait(
  images: Activity['images'],
  hours: readonly number[],
  minutes: Float64Array,
  open: number,
  takesImages: boolean,
  judged: HeldBackAsked['judged'],
): Waited | undefined {
  if (images === undefined || open === 0) return undefined;
  let [seconds, most] = [0, 0];
  let binding: Binding | undefined;
  for (const [modality, studies = 0] of Object.entries(images)) {
    const service = imageService(modality as ImagingModality); // a key of the activity
    if (service === undefined || studies <= 0) continue;
    const time = (one: ServiceCapability | undefined) => (takesImages ? one?.sendSeconds : one?.openSeconds);
    const quick = time(best[service]) ?? 0;
    for (const hour of hours) {
      const one = judged(hour, service);
      const slow = time(one);
      if (slow === undefined) return undefined;
      const waited = ((studies * (minutes[hour] ?? 0)) / open) * Math.max(0, slow - quick);
      seconds += waited;
      if (waited > most) [most, binding] = [waited, one.binding];
    }
  }
  return { hours: seconds / 3600, binding };
}
