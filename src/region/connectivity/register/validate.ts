/** What is wrong with changes of the register: each fault names the change, the field, and how to mend it. */
import {
  type Circuit,
  type LineProvider,
  type LineSite,
  type RegisterChange,
  siteKindNames,
  technologies,
} from '../model.ts';

export interface RegisterFault {
  /** Of the change, from 0. */
  readonly index: number;
  readonly field: string;
  readonly message: string;
}

/** All that stands in the register, by id. */
export interface Known {
  readonly sites: ReadonlyMap<string, LineSite>;
  readonly providers: ReadonlyMap<string, LineProvider>;
  readonly circuits: ReadonlyMap<string, Circuit>;
}

export interface Position {
  readonly latitude: number;
  readonly longitude: number;
}

/** What is wrong with a position, or undefined where a building may stand there. */
export type JudgePosition = (at: Position) => string | undefined;

const fastest = 100_000;
const dearest = 1_000_000;
const id = /^[A-Za-z0-9\-.]{1,64}$/;
const odsCode = /^[A-Z0-9][A-Z0-9-]{2,11}$/;
const day = /^\d{4}-\d{2}-\d{2}$/;

type Say = (field: string, message: string) => void;

const isDay = (text: string): boolean =>
  day.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

/** A number from 0 to `most`, whole where asked. */
function checkNumber(
  say: Say,
  field: string,
  value: number | undefined,
  { name, most, whole = false, least = 0 }: { name: string; most: number; whole?: boolean; least?: number },
): void {
  if (value === undefined) return;
  if (!Number.isFinite(value) || value < least || value > most || (whole && !Number.isInteger(value))) {
    const kind = whole ? 'a whole number' : 'a number';
    say(field, `${name} must be ${kind} from ${least} to ${most}, not ${value}`);
  }
}

function checkText(say: Say, field: string, value: string | undefined, name: string, most = 200): void {
  if (value !== undefined && value.length > most) say(field, `${name} must be ${most} characters or fewer`);
}

function checkSite(site: LineSite, say: Say, judge: JudgePosition | undefined): void {
  if (!id.test(site.id)) say('id', 'An id has 1 to 64 letters, digits, hyphens and dots');
  if (site.name.trim() === '') say('name', 'Enter the name of the site');
  checkText(say, 'name', site.name, 'The name');
  if (!Object.hasOwn(siteKindNames, site.kind))
    say('kind', `“${site.kind}” is no kind of site. Use one of: ${Object.keys(siteKindNames).join(', ')}`);
  if (site.ods !== undefined && !odsCode.test(site.ods))
    say('ods', `An ODS code has 3 to 12 capital letters, digits and hyphens, unlike “${site.ods}”`);
  checkText(say, 'postcode', site.postcode, 'The postcode', 10);
  if (site.organisation && !id.test(site.organisation.id))
    say('organisation', 'The organisation’s id has 1 to 64 letters, digits, hyphens and dots');
  if (site.at) {
    const { latitude, longitude } = site.at;
    const inRange = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    if (!Number.isFinite(latitude) || !Number.isFinite(longitude))
      say('at', 'Latitude and longitude must both be numbers, in degrees');
    else if (!inRange && (Math.abs(latitude) > 180 || Math.abs(longitude) > 180))
      say('at', 'Latitude goes from -90 to 90 and longitude from -180 to 180 degrees');
    else {
      const fault = judge?.(site.at);
      if (fault !== undefined) say('at', fault);
    }
  }
  checkNumber(say, 'deprivation', site.deprivation, {
    ...{ name: 'The decile of deprivation', least: 1, most: 10, whole: true },
  });
  checkNumber(say, 'users', site.users, { name: 'Users', most: 100_000, whole: true });
  checkNumber(say, 'listSize', site.listSize, { name: 'The list size', most: 1_000_000, whole: true });
  for (const { day: on, from, until } of site.open)
    if (![0, 1, 2, 3, 4, 5, 6].includes(on) || !(from >= 0) || !(until <= 1440) || from >= until)
      say('open', 'Opening must come before closing, on a day from Monday to Sunday');
  const { consultations, videoWanted, images = {} } = site.activity;
  checkNumber(say, 'consultations', consultations, { name: 'Consultations a week', most: 1_000_000 });
  checkNumber(say, 'videoWanted', videoWanted, { name: 'Video consultations a week', most: 1_000_000 });
  if (consultations !== undefined && videoWanted !== undefined && videoWanted > consultations)
    say('videoWanted', 'There cannot be more video consultations than consultations of every kind');
  for (const [modality, value] of Object.entries(images))
    checkNumber(say, `images${modality}`, value, { name: `${modality} studies a week`, most: 1_000_000 });
}

function checkProvider(provider: LineProvider, say: Say): void {
  if (!id.test(provider.id)) say('id', 'An id has 1 to 64 letters, digits, hyphens and dots');
  if (provider.name.trim() === '') say('name', 'Enter the name of the provider');
  checkText(say, 'name', provider.name, 'The name');
  checkNumber(say, 'asn', provider.asn, {
    ...{ name: 'The number of its network (ASN)', least: 1, most: 4_294_967_295, whole: true },
  });
  if (provider.email !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(provider.email))
    say('email', 'Enter an email address in the right form, like faults@example.net');
  checkText(say, 'telephone', provider.telephone, 'The telephone number', 40);
}

const states = ['ordered', 'live', 'ceased'];
const roles = ['main', 'backup'];

function checkCircuit(circuit: Circuit, say: Say): void {
  const { technology, role, state, sold, guaranteed, monthly, installed, termEnds, ceased } = circuit;
  if (!id.test(circuit.id)) say('id', 'An id has 1 to 64 letters, digits, hyphens and dots');
  if (!technologies.includes(technology))
    say('technology', `“${technology}” is no technology we know. Use one of: ${technologies.join(', ')}`);
  if (!roles.includes(role)) say('role', `A line is main or backup, not “${role}”`);
  if (!states.includes(state)) say('state', `A line is ordered, live or ceased, not “${state}”`);
  for (const [name, speed, field] of [
    ['sold', sold, 'sold'],
    ['guaranteed', guaranteed, 'guaranteed'],
  ] as const)
    for (const way of ['down', 'up'] as const) {
      const value = speed?.[way];
      if (value !== undefined && !(value > 0 && value <= fastest))
        say(
          field,
          `The speed ${name} ${way} must be more than 0 and at most ${fastest} Mbit/s, not ${value}`,
        );
    }
  if (sold && guaranteed && (guaranteed.down > sold.down || guaranteed.up > sold.up))
    say('guaranteed', 'The guaranteed speed cannot be higher than the speed sold');
  if (monthly !== undefined && !(monthly >= 0 && monthly <= dearest))
    say('monthly', `The monthly cost must be from £0 to £${dearest}, not ${monthly}`);
  checkNumber(say, 'metered', circuit.metered, { name: 'The data allowance', most: 1_000_000 });
  const days = { installed, termEnds, ceased };
  let isWhole = true;
  for (const [field, value] of Object.entries(days))
    if (value !== undefined && !isDay(value)) {
      isWhole = false;
      say(field, `“${value}” is no day. Write it as 2025-04-01`);
    }
  if (isWhole && installed !== undefined) {
    if (termEnds !== undefined && termEnds < installed)
      say('termEnds', `The term ends (${termEnds}) before the line was installed (${installed})`);
    if (ceased !== undefined && ceased < installed)
      say('ceased', `The line ceased (${ceased}) before it was installed (${installed})`);
  }
  if (ceased !== undefined && state !== 'ceased')
    say('ceased', 'A line that has a day on which it ceased must be in the state ceased');
  for (const text of ['reference', 'contract', 'router', 'route'] as const)
    checkText(say, text, circuit[text], `The ${text}`);
  for (const { side, place } of circuit.terminations)
    if ((side !== 'A' && side !== 'Z') || place.trim() === '')
      say('terminations', 'Each end of a line has a side, A or Z, and a place');
}

/** Every fault of changes that are made together, in their order. `judge`: where no building can stand. */
export function faultsOf(
  changes: readonly RegisterChange[],
  known: Known,
  judge?: JudgePosition,
): readonly RegisterFault[] {
  const faults: RegisterFault[] = [];
  const sites = new Map(known.sites);
  const providers = new Map(known.providers);
  const circuits = new Map(known.circuits);
  const seen = new Set<string>();
  const sayOf = (index: number): Say => {
    return (field, message) => faults.push({ index, field, message });
  };
  changes.forEach((change, index) => {
    const say = sayOf(index);
    const thing = thingOf(change);
    if (seen.has(`${change.kind} ${thing.id}`))
      say('id', `The ${change.kind} ${thing.id} comes twice in the same change. Leave one out`);
    seen.add(`${change.kind} ${thing.id}`);
    if (change.kind === 'site') {
      const before = known.sites.get(thing.id)?.at;
      const { at } = change.site;
      const isMoved = before?.latitude !== at?.latitude || before?.longitude !== at?.longitude;
      checkSite(change.site, say, isMoved ? judge : undefined);
      sites.set(thing.id, change.site);
    } else if (change.kind === 'provider') {
      checkProvider(change.provider, say);
      providers.set(thing.id, change.provider);
    } else {
      checkCircuit(change.circuit, say);
      circuits.set(thing.id, change.circuit);
    }
  });

  const byOds = groupBy(
    [...sites.values()].filter(({ ods, closed }) => ods !== undefined && !closed),
    ({ ods = '' }) => ods,
  );
  const byName = groupBy([...providers.values()], ({ name }) => name.trim().toLowerCase());
  const lives = [...circuits.values()].filter(({ state }) => state !== 'ceased');
  const mains = groupBy(
    lives.filter(({ role, state }) => role === 'main' && state === 'live'),
    ({ site }) => site,
  );
  const references = groupBy(
    lives.filter(({ reference }) => reference !== undefined),
    ({ provider, reference }) => `${provider} ${reference}`,
  );
  const other = <T extends { id: string }>(group: readonly T[] | undefined, self: string): T | undefined =>
    group?.find((one) => one.id !== self);
  changes.forEach((change, index) => {
    const say = sayOf(index);
    if (change.kind === 'site') {
      const { ods, closed, id: self } = change.site;
      const twin = ods === undefined || closed ? undefined : other(byOds.get(ods), self);
      if (twin) say('ods', `The code ${ods} is that of ${twin.name} (${twin.id}) already`);
    } else if (change.kind === 'provider') {
      const { name, id: self } = change.provider;
      const twin = other(byName.get(name.trim().toLowerCase()), self);
      if (twin) say('name', `There is a provider called ${twin.name} already (${twin.id})`);
    } else {
      const { site, provider, reference, state, role, id: self } = change.circuit;
      if (!sites.has(site)) say('site', `There is no site ${site}. Add the site first`);
      if (!providers.has(provider))
        say('provider', `There is no provider ${provider}. Add the provider first`);
      if (state === 'ceased') return;
      const twin = other(references.get(`${provider} ${reference}`), self);
      if (reference !== undefined && twin)
        say('reference', `The provider’s reference ${reference} is that of the line ${twin.id} already`);
      const main = state === 'live' && role === 'main' ? other(mains.get(site), self) : undefined;
      if (main)
        say(
          'role',
          `${sites.get(site)?.name ?? site} has a main line already (${main.id}). End it, or make one a backup`,
        );
    }
  });
  return faults.toSorted((a, b) => a.index - b.index);
}

export const thingOf = (change: RegisterChange): LineSite | LineProvider | Circuit =>
  change.kind === 'site' ? change.site : change.kind === 'provider' ? change.provider : change.circuit;

function groupBy<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}
