/** The fields of the register's forms: the columns of its tables, asked as people speak. */
import { z } from 'zod';
import { type Field, textField } from '../../../web/forms/fields.ts';
import { siteKindNames, technologies, technologyNames } from '../model.ts';
import type { Cells } from './import/columns.ts';

export interface AskedField {
  /** Name of its input, and of the column. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly kind: 'line' | 'words' | 'choice' | 'day';
  readonly options?: readonly { readonly value: string; readonly text: string }[];
  readonly width?: number;
}

export interface AskedGroup {
  readonly legend: string;
  readonly fields: readonly AskedField[];
}

const line = (name: string, label: string, more: Partial<AskedField> = {}): AskedField => ({
  ...{ name, label, kind: 'line', ...more },
});
const number = (name: string, label: string, hint?: string): AskedField =>
  line(name, label, { width: 5, ...(hint === undefined ? {} : { hint }) });
const day = (name: string, label: string): AskedField =>
  line(name, label, { kind: 'day', width: 10, hint: 'Like 1/4/2025' });
const choice = (name: string, label: string, options: AskedField['options']): AskedField =>
  line(name, label, { kind: 'choice', ...(options ? { options } : {}) });

const unknown = { value: '', text: 'Not known' };
const yesNo = [unknown, { value: 'yes', text: 'Yes' }, { value: 'no', text: 'No' }];
const options = (names: Readonly<Record<string, string>>) =>
  Object.entries(names).map(([value, text]) => ({ value, text }));

export const siteGroups: readonly AskedGroup[] = [
  {
    legend: 'What and where it is',
    fields: [
      line('name', 'Name'),
      choice('kind', 'Kind of site', options(siteKindNames)),
      line('ods', 'ODS code (optional)', { width: 10 }),
      line('organisation_id', 'Id of the organisation that runs it (optional)', {
        hint: 'As the record has it. Its practice manager then sees this site',
      }),
      line('organisation_name', 'Name of that organisation (optional)'),
      { ...line('address', 'Address (optional)', { hint: 'Commas between its lines' }), kind: 'words' },
      line('postcode', 'Postcode (optional)', { width: 10 }),
      number('latitude', 'Latitude (optional)', 'In degrees, like 54.5615'),
      number(
        'longitude',
        'Longitude (optional)',
        'In degrees. West of Greenwich it begins with a minus sign',
      ),
      line('ics', 'Code of its area (optional)', { width: 10, hint: 'Like E54000050' }),
      choice('rural', 'Is it rural?', yesNo),
      number('deprivation', 'Decile of deprivation (optional)', '1 is the most deprived, 10 the least'),
    ],
  },
  {
    legend: 'What is done there',
    fields: [
      line('opening', 'Opening hours (optional)', { hint: 'Like Mon-Fri 08:00-18:30; Sat 09:00-13:00' }),
      number('users', 'People at work at once (optional)', 'On a busy morning'),
      number('list_size', 'Registered patients (optional)'),
      line('services', 'Services (optional)', { hint: 'Like video; imaging; record; wifi; backup' }),
      number('consultations', 'Consultations a week (optional)', 'Of every kind'),
      number('video_wanted', 'Of these by video, if it worked (optional)'),
      ...['CR', 'CT', 'MR', 'MG', 'US'].map((one) =>
        number(`images_${one.toLowerCase()}`, `${one} studies a week (optional)`),
      ),
      line('exchange', 'Telephone exchange (optional)'),
      choice('closed', 'Is it closed?', [
        { value: 'no', text: 'No' },
        { value: 'yes', text: 'Yes, it is no longer used' },
      ]),
    ],
  },
];

export const providerGroups: readonly AskedGroup[] = [
  {
    legend: 'The provider',
    fields: [
      line('name', 'Name'),
      line('telephone', 'Telephone for faults (optional)', { width: 20 }),
      line('email', 'Email for faults (optional)'),
      number('asn', 'Number of its network, ASN (optional)'),
    ],
  },
];

/** `providers`: those that there are, by id. */
export const circuitGroups = (
  providers: readonly { readonly id: string; readonly name: string }[],
): readonly AskedGroup[] => [
  {
    legend: 'The line',
    fields: [
      choice('provider', 'Provider', [
        { value: '', text: 'Choose a provider' },
        ...providers.map(({ id, name }) => ({ value: id, text: name })),
      ]),
      line('reference', 'Provider’s reference (optional)', { width: 20 }),
      choice(
        'technology',
        'Technology',
        technologies.map((value) => ({ value, text: technologyNames[value] })),
      ),
      choice('role', 'What is it for?', [
        { value: 'main', text: 'Main line' },
        { value: 'backup', text: 'Backup' },
      ]),
      choice('state', 'State', [
        { value: 'live', text: 'In use' },
        { value: 'ordered', text: 'Ordered' },
        { value: 'ceased', text: 'Ended' },
      ]),
      number('sold_down', 'Speed sold, down (optional)', 'Mbit/s'),
      number('sold_up', 'Speed sold, up (optional)', 'Mbit/s'),
      number('guaranteed_down', 'Speed guaranteed, down (optional)', 'Mbit/s'),
      number('guaranteed_up', 'Speed guaranteed, up (optional)', 'Mbit/s'),
    ],
  },
  {
    legend: 'Contract',
    fields: [
      line('contract', 'Contract (optional)', { width: 20 }),
      number('monthly', 'Cost a month (optional)', 'In pounds'),
      day('installed', 'Installed on (optional)'),
      day('term_ends', 'Term ends on (optional)'),
      day('ceased', 'Ended on (optional)'),
      number(
        'metered',
        'Gigabytes a month before more is charged (optional)',
        'Leave empty where nothing is',
      ),
    ],
  },
  {
    legend: 'Equipment and route',
    fields: [
      line('router', 'Router (optional)'),
      line('route', 'Route (optional)', { hint: 'Lines of a site with different routes share no duct' }),
      line('a_place', 'Where it ends at the provider (optional)', { hint: 'Exchange or cabinet' }),
      line('a_port', 'Port there (optional)', { width: 20 }),
      line('z_place', 'Where it ends at the site (optional)', { hint: 'Like Comms room' }),
      line('z_port', 'Port there (optional)', { width: 20 }),
    ],
  },
];

export const namesOf = (groups: readonly AskedGroup[]): readonly string[] =>
  groups.flatMap(({ fields }) => fields.map(({ name }) => name));

const most = 500;

/** What is typed is read as cells are; what is wrong with them all together is told then. */
export const fieldsOf = (groups: readonly AskedGroup[]): Record<string, Field<string, string>> =>
  Object.fromEntries(
    namesOf(groups).map((name) => [
      name,
      textField(name, z.string().max(most, `Use ${most} characters or fewer`)),
    ]),
  );

/** Days as people write them. */
export const typedOfCells = (groups: readonly AskedGroup[], cells: Cells): Record<string, string> => {
  const days = new Set(
    groups.flatMap(({ fields }) => fields.filter(({ kind }) => kind === 'day').map(({ name }) => name)),
  );
  return Object.fromEntries(
    namesOf(groups).map((name) => {
      const value = cells[name] ?? '';
      const [y = '', m = '', d = ''] = value.split('-');
      return [name, days.has(name) && value !== '' ? `${Number(d)}/${Number(m)}/${y}` : value];
    }),
  );
};
