/** What a line carries, in the words of pages. */
import type { CareService, ServiceCapability, SiteCapability, Verdict } from '../model.ts';
import { careServices, rules } from './rule-table.ts';
import { amountWords } from './rules.ts';

export const verdictWords: Readonly<Record<Verdict, { readonly text: string; readonly colour: string }>> = {
  yes: { text: 'Yes', colour: 'green' },
  limited: { text: 'Limited', colour: 'yellow' },
  no: { text: 'No', colour: 'red' },
  unknown: { text: 'Not known', colour: 'grey' },
};

export const basisWords: Readonly<Record<SiteCapability['basis'], string>> = {
  hour: 'From tests at this hour of the week, of the last eight weeks: as it is at least 9 times in 10.',
  week: 'From tests at any hour, of the last eight weeks: as it is at least 9 times in 10. This hour has too few of its own.',
  sold: 'Not measured in the last eight weeks: from what was sold, less what such lines usually lose.',
  unknown: 'Nothing is known of this line. Test it, or enter what was sold.',
};

/** “2 minutes”, “14 seconds”, “3 hours”. */
export function durationWords(seconds: number): string {
  const said = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'}`;
  if (seconds < 1) return 'less than a second';
  if (seconds < 100) return said(Math.round(seconds), 'second');
  if (seconds < 100 * 60) return said(Math.round(seconds / 60), 'minute');
  return seconds < 1000 * 3600 ? said(Math.round(seconds / 3600), 'hour') : 'more than a month';
}

export interface CareRow {
  readonly service: CareService;
  readonly name: string;
  readonly verdict: string;
  readonly colour: string;
  readonly amount: string;
  readonly because: string;
}

function amountOf({ service, atOnce, sendSeconds, openSeconds, verdict }: ServiceCapability): string {
  const rule = rules[service];
  if (rule.kind === 'stream') {
    if (atOnce === undefined || verdict === 'unknown' || verdict === 'no') return '';
    const most = atOnce > 99 ? 'more than 99' : String(atOnce);
    return `${most} at once`;
  }
  return [
    sendSeconds === undefined ? '' : `${durationWords(sendSeconds)} to send`,
    openSeconds === undefined ? '' : `${durationWords(openSeconds)} to open`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** One line for each service, in the order of the rules. What is carried well is not explained. */
export function careRows({ services }: Pick<SiteCapability, 'services'>): readonly CareRow[] {
  return careServices.map((service) => {
    const one = services[service];
    const { text, colour } = verdictWords[one.verdict];
    const unknown =
      (one.missing ?? []).length > 0 && one.verdict !== 'no' ? `Not measured: ${missingWords(one)}` : '';
    return {
      ...{ service, name: rules[service].name, verdict: text, colour, amount: amountOf(one) },
      because: [needWords(one), unknown].filter(Boolean).join('. '),
    };
  });
}

/** “Upload, 0.4 Mbit/s, needs 1.1 Mbit/s”, where that is why it is not carried well. */
function needWords({ verdict, binding }: ServiceCapability): string {
  if (!binding || verdict === 'yes') return '';
  const { measure, value, needed, words } = binding;
  const isSpeed = measure === 'down' || measure === 'up';
  if (isSpeed ? value >= needed : value <= needed) return '';
  return `${words}, needs ${isSpeed ? '' : 'at most '}${amountWords(measure, needed)}`;
}

const names = {
  ...{ down: 'download', up: 'upload', idle: 'latency', loaded: 'latency under load' },
  ...{ jitter: 'jitter', loss: 'loss' },
} as const;

const missingWords = ({ missing = [] }: ServiceCapability): string =>
  missing.map((measure) => names[measure]).join(', ');

/** “about 14 a week”, “less than one a week”; undefined where activity or line is not known. */
export function heldWords(consultations: number | undefined): string | undefined {
  if (consultations === undefined) return undefined;
  if (consultations < 0.05) return 'none';
  return consultations < 1 ? 'less than one a week' : `about ${Math.round(consultations)} a week`;
}
