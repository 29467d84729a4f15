/** What was done to an order, in the words of pages. */
import { formatDate } from '../../../web/dates.ts';
import { causeNames, type Deed, type DeedKind, documentKindNames, stateNames } from './order.ts';

const titles: Readonly<Record<DeedKind, string>> = {
  opened: 'Opened the order',
  invited: 'Asked a supplier to quote',
  declined: 'Will not quote',
  surveyed: 'Surveyed the site',
  quoted: 'Quoted',
  chosen: 'Chose a quote',
  approved: 'Approved the order',
  wayleave: 'Wayleave granted',
  built: 'Built the line to the site',
  installed: 'Installed the line',
  accepted: 'Measured, accepted and live',
  failed: 'Failed its acceptance, back to installation',
  'sent-back': 'Sent back',
  proposed: 'Proposed a day for a visit',
  agreed: 'Agreed the day of the visit',
  delayed: 'Delayed',
  blocked: 'Blocked',
  unblocked: 'No longer blocked',
  cancelled: 'Cancelled',
  document: 'Added a document',
  noted: 'Wrote a note',
  invoiced: 'Invoice',
  benefit: 'Benefit after 90 days',
};

export const deedTitle = (deed: Deed): string =>
  deed.kind === 'wayleave' && !deed.needed ? 'No wayleave needed' : titles[deed.kind];

export const pounds = (amount: number): string =>
  `${amount < 0 ? '-' : ''}£${Math.abs(Math.round(amount)).toLocaleString('en-GB')}`;

/** Speeds as people write them: 100/20 Mbit/s. */
export const speedsText = ({ down, up }: { readonly down: number; readonly up: number }): string =>
  `${down}/${up} Mbit/s`;

/** Further lines beneath the title. `nameOf`: of a supplier. */
export function deedLines(deed: Deed, nameOf: (provider: string) => string): readonly string[] {
  const said = (text: string) => (text === '' ? [] : [text]);
  switch (deed.kind) {
    case 'opened':
      return [
        `${speedsText(deed.ordered)}, delay at most ${deed.ordered.idle} ms`,
        ...(deed.plan ? [`From the plan “${deed.plan.name}”`] : []),
        ...said(deed.reason),
      ];
    case 'invited':
      return [nameOf(deed.provider)];
    case 'declined':
      return [nameOf(deed.provider), ...said(deed.why)];
    case 'surveyed':
      return [
        formatDate(deed.day),
        ...(deed.provider === undefined ? [] : [nameOf(deed.provider)]),
        ...said(deed.note),
      ];
    case 'quoted': {
      const { provider, install, monthly, days, speeds } = deed.quote;
      return [
        `${nameOf(provider)}: ${pounds(install)} once and ${pounds(monthly)} a month for ${speedsText(speeds)}, in ${days} days`,
      ];
    }
    case 'chosen':
      return [nameOf(deed.provider), ...said(deed.why)];
    case 'approved':
      return [`To be live by ${formatDate(deed.due)}`, ...said(deed.note)];
    case 'wayleave':
    case 'built':
      return [formatDate(deed.day), ...said(deed.note)];
    case 'installed':
      return [formatDate(deed.day), ...said(deed.reference), ...said(deed.note)];
    case 'accepted':
      return [`${deed.figures.tests} tests, as ordered`];
    case 'failed':
      return said(deed.why);
    case 'sent-back':
      return [`To “${stateNames[deed.to]}”`, ...said(deed.why)];
    case 'proposed':
      return [formatDate(deed.day), ...said(deed.note)];
    case 'agreed':
      return [formatDate(deed.day)];
    case 'delayed':
      return [`Now to be live by ${formatDate(deed.due)}`, causeNames[deed.cause], deed.why];
    case 'blocked':
      return [causeNames[deed.cause], deed.why];
    case 'unblocked':
      return said(deed.note);
    case 'cancelled':
      return [deed.why];
    case 'document':
      return [`${documentKindNames[deed.about]}: ${deed.name}`];
    case 'noted':
      return [deed.text];
    case 'invoiced':
      return [`${pounds(deed.pounds)}, ${formatDate(deed.day)}`, ...said(deed.what)];
    case 'benefit':
      return [];
  }
}
