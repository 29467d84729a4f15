/** The people involved in someone’s care, and how to reach them. */
import type {
  CareTeam,
  ContactPoint,
  Encounter,
  Organization,
  Patient,
  PractitionerRole,
  Reference,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes';
import { conceptText, humanise } from '../../web/coded.ts';
import { addressLines } from '../../web/contacts.ts';
import { formatDate, parseDate } from '../../web/dates.ts';
import { plainName } from '../../web/names.ts';
import type { Names } from './names-of.ts';
import { isWrong, type Line, linesOf } from './told.ts';

export interface CarePerson {
  readonly name: string;
  readonly lines: readonly Line[];
}

export interface CareGroup {
  readonly heading: string;
  readonly people: readonly CarePerson[];
}

const list = <T>(value: readonly T[] | undefined): readonly T[] => (Array.isArray(value) ? value : []);

/** Ways to reach someone, as links: a telephone on a phone dials. */
function contactLines(contacts: readonly ContactPoint[] | undefined): Line[] {
  return list(contacts)
    .filter(({ value, use }) => typeof value === 'string' && value !== '' && use !== 'old')
    .flatMap(({ system, value = '' }) => {
      if (system === 'phone') return linesOf(['Phone', value, `tel:${value.replaceAll(/[^\d+]/g, '')}`]);
      if (system === 'email')
        return linesOf(['Email', value, `mailto:${encodeURIComponent(value).replaceAll('%40', '@')}`]);
      if (system === 'url' && /^https?:\/\//.test(value)) return linesOf(['Website', value, value]);
      return system === 'sms' ? linesOf(['Text message', value]) : [];
    });
}

const organisationLines = (resource: Resource | undefined): Line[] => {
  if (resource?.resourceType !== 'Organization') return [];
  const organisation: Organization = resource;
  return [
    ...linesOf(['Address', addressLines(list(organisation.address)[0]).join(', ')]),
    ...contactLines(organisation.telecom),
  ];
};

/** What the directory says of how to reach a practitioner or an organisation. */
const reach = (
  reference: Reference | undefined,
  names: Names,
  roles: readonly PractitionerRole[],
): Line[] => {
  const found = names.resourceOf(reference?.reference ?? '');
  if (found?.resourceType === 'Organization') return organisationLines(found);
  const role =
    found?.resourceType === 'PractitionerRole'
      ? found
      : roles.find(({ practitioner }) => practitioner?.reference === reference?.reference);
  if (!role) return [];
  const organisation = names.resourceOf(role.organization?.reference ?? '');
  const job = list(role.code).map(conceptText).filter(Boolean)[0] ?? '';
  const own = contactLines(role.telecom);
  return [
    ...linesOf(['Job', job], ['Works at', names(role.organization)]),
    ...(own.length > 0 ? own : organisationLines(organisation)),
  ];
};

/** Whose account may act for someone is a RelatedPerson too: told with the one that says who they are, where there is one. */
const accountSystem = 'https://throughline.example/account';
const isProxy = ({ identifier }: RelatedPerson) =>
  list(identifier).some(({ system }) => system === accountSystem);

const titles = /^(?:mr|mrs|ms|miss|mx|dr|prof)\.?\s+/i;
const bareName = (one: RelatedPerson): string =>
  plainName(list(one.name)[0]).replace(titles, '').toLowerCase();

function relativesOf(all: readonly RelatedPerson[], whose: string): CarePerson[] {
  const active = all.filter((one) => one.active !== false);
  const proxies = active.filter(isProxy);
  const others = active.filter((one) => !isProxy(one));
  const actsFor = (one: RelatedPerson) =>
    isProxy(one) || proxies.some((proxy) => bareName(proxy) === bareName(one)) ? `Acts for ${whose}` : '';
  const alone = proxies.filter((proxy) => !others.some((one) => bareName(one) === bareName(proxy)));
  return [...others, ...alone].map((one) => ({
    name: plainName(list(one.name)[0]),
    lines: [
      ...linesOf(['Relation', list(one.relationship).map(conceptText).filter(Boolean).join(', ')]),
      ...linesOf(['In this service', actsFor(one)]),
      ...contactLines(one.telecom),
    ],
  }));
}

export interface CarePeopleParts {
  readonly person: Patient;
  readonly teams: readonly CareTeam[];
  readonly encounters: readonly Encounter[];
  readonly relatives: readonly RelatedPerson[];
  /** Posts of the practitioners named. */
  readonly roles: readonly PractitionerRole[];
}

/** Everyone once, in the first group that names them. */
export function carePeople(parts: CarePeopleParts, names: Names): readonly CareGroup[] {
  const { person, teams, encounters, relatives, roles } = parts;
  const seen = new Set<string>();
  const once = (
    references: readonly (Reference | undefined)[],
    more: (one: Reference) => Line[],
  ): CarePerson[] =>
    references.flatMap((one) => {
      const key = one?.reference ?? one?.display ?? '';
      const name = names(one);
      if (!one || key === '' || name === '' || seen.has(key) || key === `Patient/${person.id}`) return [];
      seen.add(key);
      return [{ name, lines: [...more(one), ...reach(one, names, roles)] }];
    });
  const practice = once([...list(person.generalPractitioner), person.managingOrganization], () => []);
  const inTeams = teams
    .filter((team) => !isWrong(team) && team.status !== 'inactive')
    .map((team) => ({
      heading: team.name || conceptText(team.category?.[0]) || 'Care team',
      people: [
        ...once(
          list(team.participant).map(({ member }) => member),
          (one) => {
            const part = list(team.participant).find(({ member }) => member?.reference === one.reference);
            return linesOf(['Part', list(part?.role).map(conceptText).filter(Boolean).join(', ')]);
          },
        ),
        ...once(list(team.managingOrganization), () => linesOf(['Part', 'Runs the team'])),
      ],
    }));
  const recent = [...encounters].sort((a, b) =>
    (parseDate(b.period?.start)?.key ?? '').localeCompare(parseDate(a.period?.start)?.key ?? ''),
  );
  const lastSeen = new Map<string, string>();
  for (const { participant, serviceProvider, period } of recent)
    for (const reference of [...list(participant).map(({ individual }) => individual), serviceProvider])
      if (reference?.reference && !lastSeen.has(reference.reference))
        lastSeen.set(reference.reference, formatDate(period?.start));
  const met = once(
    recent.flatMap(({ participant }) => list(participant).map(({ individual }) => individual)),
    (one) => linesOf(['Last seen', lastSeen.get(one.reference ?? '')]),
  );
  const places = once(
    recent.map(({ serviceProvider }) => serviceProvider),
    (one) => linesOf(['Last visit', lastSeen.get(one.reference ?? '')]),
  );
  const family = [
    ...relativesOf(relatives, list(person.name)[0] ? plainName(list(person.name)[0]) : 'this person'),
    ...list(person.contact).flatMap((contact) => {
      const name = contact.name ? plainName(contact.name) : names(contact.organization);
      const relation = list(contact.relationship).map(conceptText).filter(Boolean).map(humanise).join(', ');
      return name
        ? [{ name, lines: [...linesOf(['Relation', relation]), ...contactLines(contact.telecom)] }]
        : [];
    }),
  ];
  return [
    { heading: 'GP surgery', people: practice },
    ...inTeams,
    { heading: 'Family, carers and contacts', people: family },
    { heading: 'People seen in the last 2 years', people: met },
    { heading: 'Places visited in the last 2 years', people: places },
  ].filter(({ people }) => people.length > 0);
}
