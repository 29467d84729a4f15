/** Hours of the week in UK time: 0 is Monday from midnight to 1, 167 is Sunday from 11pm. */
import { localMoment } from '../../../web/dates.ts';
import type { LineSite, OpenHours } from '../model.ts';

export const hoursInWeek = 168;
export const dayNames = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;

/** Of a moment in ms since 1970 UTC. */
export function hourOfWeek(at: number): number {
  const { year, month, day, hour } = localMoment(at);
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return weekday * 24 + hour;
}

/** Core hours of general practice. Source: NHS (GMS Contracts) Regulations 2015, regulation 3: 8am to 6:30pm, Monday to Friday. */
const coreHours: readonly OpenHours[] = [0, 1, 2, 3, 4].map((day) => ({ day, from: 480, until: 1110 }));

/** When a site is open; core hours where that is not known. */
export const openHoursOf = ({ open }: Pick<LineSite, 'open'>): readonly OpenHours[] =>
  open.length > 0 ? open : coreHours;

/** Minutes that a site is open in each of the 168 hours. */
export function openMinutes(open: readonly OpenHours[]): Float64Array {
  const minutes = new Float64Array(hoursInWeek);
  for (const { day, from, until } of open)
    for (let hour = 0; hour < 24; hour += 1) {
      const within = Math.min(until, (hour + 1) * 60) - Math.max(from, hour * 60);
      const at = day * 24 + hour;
      if (within > 0 && at >= 0 && at < hoursInWeek) minutes[at] = Math.min(60, (minutes[at] ?? 0) + within);
    }
  return minutes;
}

/** “Monday, 9am to 10am”. */
export function hourWords(hour: number): string {
  const name = (h: number) =>
    h % 24 === 0 ? 'midnight' : h === 12 ? 'midday' : `${h % 12 || 12}${h < 12 ? 'am' : 'pm'}`;
  return `${dayNames[Math.floor(hour / 24)] ?? ''}, ${name(hour % 24)} to ${name((hour % 24) + 1)}`;
}
