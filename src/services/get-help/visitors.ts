/** Who asks for help, for whom they may, and the practice that answers: a patient, who acts for one, staff on the phone, or a stranger. */
import type {
  MedicationRequest,
  Organization,
  Patient,
  Practitioner,
  PractitionerRole,
  Reference,
  RelatedPerson,
} from '@medplum/fhirtypes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newToken } from '../../access/accounts/secret-tokens.ts';
import type { Identity } from '../../access/identity.ts';
import { roleOf } from '../../access/roles.ts';
import { problem } from '../../platform/problem.ts';
import { organisationKindSystem } from '../../record/consent-rules.ts';
import { idPattern } from '../../web/addresses.ts';
import { localMoment, parseDate } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { type Reading, readNow, searchPage } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { Holder } from './drafts.ts';
import type { LaunchContext } from './questionnaire/prefill.ts';
import type { Asker } from './request.ts';

export interface Visitor {
  readonly identity: Identity | undefined;
  readonly holder: Holder;
  /** Patient ids for whom they may ask, their own first; none of staff, who choose. */
  readonly patients: readonly string[];
  /** Of a practice, answering its phone. */
  readonly staff: boolean;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly own: boolean;
  readonly practice?: { readonly id: string; readonly name: string };
  readonly patient: Patient;
  readonly years?: number;
}

export interface Practice {
  readonly id: string;
  readonly name: string;
  readonly telephone?: string;
}

export interface Visitors {
  readonly visitorOf: (request: FastifyRequest) => Promise<Visitor>;
  /** Gives a browser without a session what its request is found by again. */
  readonly mark: (request: FastifyRequest, reply: FastifyReply) => void;
  /** A person for whom they may ask. Throws 404 for others. */
  readonly personFor: (request: FastifyRequest, visitor: Visitor, id: string) => Promise<Person>;
  /** What of the record may stand in a form before anyone types: no more than whoever asks may see. */
  readonly contextOf: (request: FastifyRequest, person: Person) => Promise<LaunchContext>;
  readonly askerOf: (visitor: Visitor, person: Person | undefined, said: string) => Promise<Asker>;
  readonly practices: () => Promise<readonly Practice[]>;
  /** Those at a practice whom a patient may name, the usual one first. */
  readonly cliniciansOf: (
    practice: string,
    person: Person | undefined,
  ) => Promise<readonly { readonly value: string; readonly text: string }[]>;
}

const practicesLast = 3_600_000;

export function openVisitors(needs: RoomNeeds): Visitors {
  const { record, clock, ownActor, identityOf, actorOf, trustedActor, baseUrl } = needs;
  const https = baseUrl.startsWith('https:');
  const cookie = https ? '__Host-help' : 'help';
  const own: Reading = { record, actor: ownActor };
  let practicesKept: { readonly at: number; readonly list: readonly Practice[] } | undefined;

  const tokenOf = (request: FastifyRequest): string | undefined =>
    new RegExp(`(?:^|;\\s*)${cookie}=([A-Za-z0-9_-]{43})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1];

  const mayAskFor = (request: FastifyRequest, identity: Identity, id: string): boolean => {
    if (identity.kind === 'staff') return false;
    if (identity.patient === id) return true;
    // A proxy asks where the practice agreed that they book, or write, for the person.
    const { sight } = actorOf(request);
    return (
      sight !== 'everything' &&
      sight.grants.some(
        ({ writes, of }) =>
          of.kind === 'persons' &&
          of.ids.includes(id) &&
          (writes.includes('Communication') || writes.includes('Appointment')),
      )
    );
  };

  return {
    async visitorOf(request) {
      const identity = identityOf(request);
      const token = tokenOf(request);
      const holder: Holder = {
        ...(identity ? { account: identity.account } : {}),
        ...(token === undefined ? {} : { token }),
      };
      if (!identity) return { identity, holder, patients: [], staff: false };
      if (identity.kind === 'staff') {
        const { role, organisationKinds } = identity.post;
        const staff =
          organisationKinds.includes('general-practice') && (roleOf(role)?.writes.includes('tasks') ?? false);
        return { identity, holder: { account: identity.account }, patients: [], staff };
      }
      const all = identity.proofing === 'P0' ? [] : await needs.patientsOf(identity);
      return {
        identity,
        holder,
        staff: false,
        patients: all.filter((id) => mayAskFor(request, identity, id)),
      };
    },
    mark(request, reply) {
      if (identityOf(request) || tokenOf(request) !== undefined) return;
      // Ends with the browser: computers are shared.
      reply.header(
        'set-cookie',
        `${cookie}=${newToken()}; Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}`,
      );
    },
    async personFor(request, { identity, patients, staff }, id) {
      const missing = () => problem('not-found', 'There is no such person, or you cannot ask for them.');
      if (!idPattern.test(id) || !identity) throw missing();
      if (!staff && !patients.includes(id)) throw missing();
      // Staff see whom their role shows; of a person it has been checked that the record is theirs, or theirs to act for.
      const actor = staff ? actorOf(request) : trustedActor(request);
      const patient = await readNow<Patient>({ record, actor }, 'Patient', id);
      if (!patient || patient.active === false) throw missing();
      const now = clock.now();
      const organisation = patient.generalPractitioner?.find(({ reference }) =>
        reference?.startsWith('Organization/'),
      );
      const practiceId =
        staff && identity.kind === 'staff' ? identity.post.organisation : organisation?.reference;
      const practice = practiceId?.split('/')[1];
      const name =
        practice === undefined
          ? undefined
          : ((organisation?.reference === practiceId ? organisation?.display : undefined) ??
            (await readNow<Organization>(own, 'Organization', practice))?.name);
      const years = yearsOf(patient.birthDate, now);
      return {
        ...{ id, patient, name: plainName(chooseName(patient.name, localMoment(now).key)) },
        own: identity.kind === 'person' && identity.patient === id,
        ...(practice === undefined ? {} : { practice: { id: practice, name: name ?? 'your practice' } }),
        ...(years === undefined ? {} : { years }),
      };
    },
    async contextOf(request, { id, patient, years }) {
      const actor = actorOf(request);
      const shows =
        actor.sight !== 'everything' &&
        actor.sight.grants.some(({ types }) => types.includes('MedicationRequest'));
      const found = shows
        ? await searchPage<MedicationRequest>(
            { record, actor },
            'MedicationRequest',
            `patient=Patient/${id}&status=active&_count=30`,
          )
        : { resources: [] };
      const medicines = found.resources.flatMap(
        ({ medicationCodeableConcept, medicationReference }) =>
          medicationCodeableConcept?.text ??
          medicationCodeableConcept?.coding?.[0]?.display ??
          medicationReference?.display ??
          [],
      );
      return {
        patient,
        medicines: [...new Set(medicines)].slice(0, 12),
        ...(years === undefined ? {} : { years }),
      };
    },
    async askerOf({ identity, staff }, person, said) {
      const subject: Reference | undefined = person && {
        reference: `Patient/${person.id}`,
        display: person.name,
      };
      if (staff && identity?.kind === 'staff')
        return {
          author: { reference: identity.user, display: identity.name },
          requester: subject ?? { display: said },
        };
      if (!person || !subject) return { requester: { display: said } };
      if (person.own || !identity) return { author: subject, requester: subject };
      const query = `patient=Patient/${person.id}&identifier=https://throughline.example/account|${identity.account}&active=true`;
      const [related] = (await searchPage<RelatedPerson>(own, 'RelatedPerson', query)).resources;
      const proxy: Reference = {
        ...(related?.id === undefined ? {} : { reference: `RelatedPerson/${related.id}` }),
        display: identity.name,
      };
      return { author: proxy, requester: proxy };
    },
    async practices() {
      if (practicesKept && clock.now() - practicesKept.at < practicesLast) return practicesKept.list;
      const query = `type=${organisationKindSystem}|general-practice&active=true&_count=500`;
      const list = (await searchPage<Organization>(own, 'Organization', query)).resources
        .map(({ id = '', name = '', telecom }) => {
          const telephone = telecom?.find(({ system }) => system === 'phone')?.value;
          return { id, name, ...(telephone === undefined ? {} : { telephone }) };
        })
        .sort((a, b) => a.name.localeCompare(b.name, 'en-GB'));
      practicesKept = { at: clock.now(), list };
      return list;
    },
    async cliniciansOf(practice, person) {
      const query = `organization=Organization/${practice}&active=true&_count=100&_include=PractitionerRole:practitioner`;
      const page = await record.search(ownActor, 'PractitionerRole', query);
      const roles = page.matches.flatMap(({ body }) =>
        body ? [JSON.parse(body.toString('utf8')) as PractitionerRole] : [],
      );
      const people = page.included.flatMap(({ body }) =>
        body ? [JSON.parse(body.toString('utf8')) as Practitioner] : [],
      );
      const usual = person?.patient.generalPractitioner?.flatMap(({ reference }) => reference ?? []) ?? [];
      return roles
        .filter(({ code }) =>
          code?.some(({ coding }) => coding?.some(({ code: job }) => seesPatients.has(job ?? ''))),
        )
        .flatMap(({ practitioner, code }) => {
          const one = people.find(({ id }) => practitioner?.reference === `Practitioner/${id}`);
          const name = plainName(chooseName(one?.name, localMoment(clock.now()).key));
          if (!one) return [];
          const value = `Practitioner/${one.id}`;
          const job = code?.[0]?.text ?? code?.[0]?.coding?.[0]?.display ?? '';
          const text = usual.includes(value)
            ? `${name}, my usual clinician`
            : job
              ? `${name}, ${job.toLowerCase()}`
              : name;
          return [{ value, text }];
        })
        .sort(
          (a, b) =>
            Number(usual.includes(b.value)) - Number(usual.includes(a.value)) || a.text.localeCompare(b.text),
        );
    },
  };
}

/** Of the National RBAC Database: doctors, nurses, pharmacists and physiotherapists of a practice. */
const seesPatients = new Set(['R0260', 'R0620', 'R1290', 'R1110', 'R1480']);

/** Whole years on a day; undefined where the birth date is not whole. */
export function yearsOf(birthDate: unknown, now: number): number | undefined {
  const born = parseDate(birthDate);
  if (born?.precision !== 'day') return undefined;
  const today = localMoment(now);
  const hadIt = today.month > born.month || (today.month === born.month && today.day >= born.day);
  return Math.max(0, today.year - born.year - (hadIt ? 0 : 1));
}
