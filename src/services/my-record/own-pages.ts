/** Add what I know: forms for a person’s own entries, the list of them, and each with what to do about it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type OwnFactType, ownFactsSight } from '../../access/sight/own-facts-sight.ts';
import {
  isPatientReported,
  type OwnSheet,
  ownEntrySystem,
  ownSheetKey,
  patientReportedSearch,
} from '../../fhir/patient-reported.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { resourceOf } from '../../record/care-record.ts';
import { firstText, idPattern, withQuery } from '../../web/addresses.ts';
import { parseDate } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import type { Forms } from '../../web/forms/forms.ts';
import { searchUpTo } from '../../web/record-reading.ts';
import { keyOfEntry, mayChange, type OwnEntry, personOfEntry, type Writer } from './own-entries.ts';
import type { OwnForm } from './own-form.ts';
import { ownForms } from './own-forms.ts';
import { measurementKinds } from './own-measurements.ts';
import { ownEntryTold, ownTold } from './own-told.ts';
import {
  type MyRecordNeeds,
  type Pages,
  type PersonParams,
  paged,
  type Query,
  type Visit,
} from './page-parts.ts';
import { type UrgentAdvice, urgentAdvice } from './urgent-values.ts';

export interface OwnNeeds extends MyRecordNeeds {
  readonly forms: Forms;
}

type EntryParams = PersonParams & { type: string; id: string };
type PersonRequest = FastifyRequest<{ Params: PersonParams }>;
type ListRequest = FastifyRequest<{ Params: PersonParams; Querystring: Query }>;
type EntryRequest = FastifyRequest<{ Params: EntryParams }>;

const mostRead = 1000;
const entriesShown = 30;

/** A visit by someone who may add to this record. */
interface Adding {
  readonly visit: Visit;
  readonly types: readonly OwnFactType[];
  /** Who asks, with the sight of a person’s own entries. */
  readonly actor: Actor;
  readonly writer: Writer;
}

/** A sheet that is there. */
interface Standing {
  readonly entry: OwnEntry;
  readonly version: number;
}

interface Changing extends Adding {
  /** Undefined: it has been removed meanwhile. */
  readonly entry: OwnEntry | undefined;
  readonly version: number;
}

const notHere = () => problem('not-found', 'There is no such entry.');
const othersWords = () =>
  problem(
    'forbidden',
    'Someone else wrote this. You can read it. They, or the person themself, can change it.',
  );

export function ownPages(app: FastifyInstance, needs: OwnNeeds, pages: Pages): void {
  const { record, forms, identityOf } = needs;

  const addingOf = async (request: PersonRequest): Promise<Adding> => {
    const visit = await pages.visitOf(request);
    const { actor } = visit.reading;
    const sight = ownFactsSight(actor.sight, visit.id);
    const types = sight?.grants[0]?.types ?? [];
    if (!sight || types.length === 0)
      throw problem('forbidden', 'You cannot add to this record. Their GP surgery decides what you can do.');
    return {
      ...{ visit, actor: { ...actor, sight } },
      types: types as readonly OwnFactType[], // what ownFactsSight puts there
      writer: {
        person: visit.id,
        name: visit.own ? visit.name : (identityOf(request)?.name ?? actor.name),
        ...{ own: visit.own, account: identityOf(request)?.account ?? '', now: visit.now },
      },
    };
  };

  /** The entry, where it is theirs to change; gone ones are undefined. */
  const entryOf = async (adding: Adding, type: string, id: string) => {
    if (!adding.types.some((one) => one === type) || !idPattern.test(id)) throw notHere();
    const stored = await record.read(adding.actor, type, id).catch((error: unknown) => {
      if ((error as { status?: number }).status === 410) return undefined; // removed: the others are thrown on
      throw error;
    });
    if (!stored?.body) return undefined;
    const entry = resourceOf<OwnEntry>(stored);
    if (!isPatientReported(entry) || personOfEntry(entry) !== adding.visit.id) throw notHere();
    return { entry, version: stored.version };
  };

  const changingOf = async (request: FastifyRequest): Promise<Changing> => {
    const { params } = request as EntryRequest; // the path has them
    const adding = await addingOf(request as EntryRequest);
    const found = await entryOf(adding, params.type, params.id);
    if (found && !mayChange(found.entry, adding.writer)) throw othersWords();
    return { ...adding, entry: found?.entry, version: found?.version ?? 0 };
  };

  const change = (actor: Actor, entry: OwnEntry, version: number) =>
    record.commit(actor, [
      {
        ...{ kind: 'update', type: entry.resourceType, id: entry.id ?? '', text: JSON.stringify(entry) },
        ifMatch: version,
      },
    ]);

  /** Adds it, once for its key. Answers its id. */
  const add = async (actor: Actor, entry: OwnEntry): Promise<string> => {
    const ifNoneExist = `identifier=${ownEntrySystem}|${keyOfEntry(entry)}`;
    const text = JSON.stringify(entry);
    const { results } = await record.commit(actor, [{ kind: 'create', text, ifNoneExist }]);
    return results[0]?.stored?.id ?? '';
  };

  /** The sheet of its kind that the person has. */
  const sheetOf = async ({ actor, visit }: Adding, sheet: OwnSheet) => {
    const query = `patient=Patient/${visit.id}&identifier=${ownEntrySystem}|${ownSheetKey(visit.id, sheet)}`;
    const [stored] = (await record.search(actor, 'QuestionnaireResponse', query)).matches;
    return stored?.body ? { entry: resourceOf<OwnEntry>(stored), version: stored.version } : undefined;
  };

  const entryHref = ({ visit }: Adding, { resourceType }: OwnEntry, id = ''): string =>
    `${visit.base}/added/${resourceType}/${id}`;

  const showForm = (
    reply: FastifyReply,
    { errorPrefix, ...shown }: { readonly errorPrefix: string; readonly [name: string]: unknown },
    { visit }: Adding,
    own: OwnForm,
    title: string,
    back: { readonly href: string; readonly text: string },
  ) =>
    pages.show(reply, visit, 'own-form', {
      ...shown,
      ...{ title: `${errorPrefix}${title}`, heading: title, own, backTo: back },
    });

  for (const own of ownForms) {
    forms.add<Record<string, never>, Adding & { readonly standing?: Standing | undefined }>(
      app,
      `/my-record/:person/add/${own.page}`,
      {
        about: async (request) => {
          const adding = await addingOf(request as PersonRequest); // the path names the person
          if (!adding.types.includes(own.type)) throw notHere();
          if (!own.sheet) return adding;
          const standing = await sheetOf(adding, own.sheet);
          if (standing && !mayChange(standing.entry, adding.writer)) throw othersWords();
          return { ...adding, standing };
        },
        form: ({ visit }) => own.form(visit.now) as never, // its fields are known by name alone
        initial: ({ visit, standing }) => (standing ? own.typed(standing.entry) : own.empty(visit.now)),
        show: (reply, shown, adding) =>
          showForm(reply, { ...shown }, adding, own, own.title, {
            href: `${adding.visit.base}/add`,
            text: 'Add what you know',
          }),
        act: async (values, adding, { key }) => {
          const { actor, visit, writer, standing } = adding;
          if (standing) {
            const { entry, version } = standing;
            const { id = '' } = entry;
            await change(actor, own.entry({ id, key: keyOfEntry(entry) }, values, writer), version);
            return entryHref(adding, entry, id);
          }
          const entry = own.entry(
            { key: own.sheet ? ownSheetKey(visit.id, own.sheet) : key },
            values,
            writer,
          );
          return entryHref(adding, entry, await add(actor, entry));
        },
      },
    );
  }

  app.get('/my-record/:person/add', async (request: PersonRequest, reply) => {
    const { visit, types } = await addingOf(request);
    return pages.show(reply, visit, 'own-add', {
      title: visit.own ? 'Add what you know' : `Add what you know about ${visit.name}`,
      tab: 'record',
      measurements: types.includes('Observation') ? measurementKinds : [],
      others: ownForms.filter(({ page, type }) => !page.startsWith('measurements/') && types.includes(type)),
    });
  });

  app.get('/my-record/:person/added', async (request: ListRequest, reply) => {
    const adding = await addingOf(request);
    const { visit, types } = adding;
    return pages.show(reply, visit, 'own-list', {
      title: visit.own ? 'What you added' : `What was added for ${visit.name}`,
      groups: ownTold(await ownEntries(visit, types)).map(({ key, heading, told }) => {
        const { rows, next, page } = paged(told, firstText(request.query[key]), entriesShown);
        return {
          ...{ key, heading, told: rows },
          next: next === undefined ? undefined : `${withQuery(request, { [key]: String(next) })}#${key}`,
          first: page > 1 ? `${withQuery(request, { [key]: undefined })}#${key}` : undefined,
        };
      }),
    });
  });

  app.get('/my-record/:person/added/:type/:id', async (request: EntryRequest, reply) => {
    const adding = await addingOf(request);
    const { type, id } = request.params;
    const found = await entryOf(adding, type, id);
    if (!found) throw notHere();
    const told = ownEntryTold(found.entry);
    return pages.show(reply, adding.visit, 'own-entry', {
      ...{ title: told.title, told, advice: adviceOf(found.entry, adding.visit) },
      changeable: mayChange(found.entry, adding.writer),
      isNew: Date.parse(found.entry.meta?.lastUpdated ?? '') > adding.visit.now - 60_000,
    });
  });

  forms.add<Record<string, never>, Changing>(app, '/my-record/:person/added/:type/:id/change', {
    about: async (request) => {
      const changing = await changingOf(request);
      if (!changing.entry || !formOf(changing.entry)) throw notHere();
      return changing;
    },
    form: ({ entry, visit }) => formOf(entry)!.form(visit.now) as never, // looked at above; fields known by name alone
    initial: ({ entry }) => formOf(entry)!.typed(entry!),
    show: (reply, shown, changing) => {
      const own = formOf(changing.entry)!;
      return showForm(reply, { ...shown }, changing, own, own.changeTitle, {
        ...{ href: entryHref(changing, changing.entry!, changing.entry?.id), text: 'Back' },
      });
    },
    act: async (values, changing) => {
      const own = formOf(changing.entry)!;
      const { id = '' } = changing.entry!; // `about` saw it
      const entry = own.entry({ id, key: keyOfEntry(changing.entry!) }, values, changing.writer);
      await change(changing.actor, entry, changing.version);
      return entryHref(changing, entry, id);
    },
  });

  const removal = defineForm({ fields: {} });
  forms.add<Record<string, never>, Changing>(app, '/my-record/:person/added/:type/:id/remove', {
    about: changingOf,
    form: () => removal,
    show: (reply, shown, changing) => {
      if (!changing.entry) throw notHere();
      return pages.show(reply, changing.visit, 'own-remove', {
        ...{ title: 'Remove what you added?', told: ownEntryTold(changing.entry), form: shown.form },
        back: entryHref(changing, changing.entry, changing.entry.id),
      });
    },
    act: async (_, { actor, visit, entry, version }) => {
      if (entry)
        await record.commit(actor, [
          { kind: 'delete', type: entry.resourceType, id: entry.id ?? '', ifMatch: version },
        ]);
      return `${visit.base}/added`;
    },
  });
}

/** The form in which an entry is changed. */
const formOf = (entry: OwnEntry | undefined): OwnForm | undefined => {
  const page = entry && ownEntryTold(entry).page;
  return ownForms.find((one) => one.page === page);
};

/** All entries of these types that the person, or someone who acts for them, wrote. */
async function ownEntries(visit: Visit, types: readonly string[]): Promise<readonly OwnEntry[]> {
  const found = await Promise.all(
    types
      .filter((type) => visit.shows(type))
      .map((type) =>
        searchUpTo<OwnEntry>(
          visit.reading,
          type as OwnEntry['resourceType'], // one of them, as callers ask
          `patient=Patient/${visit.id}&${patientReportedSearch}`,
          mostRead,
        ),
      ),
  );
  return found.flatMap(({ resources }) => resources);
}

/** What to do about a measurement of the last day; later it would frighten for nothing. */
function adviceOf(
  entry: OwnEntry,
  { patient, now }: Pick<Visit, 'patient' | 'now'>,
): UrgentAdvice | undefined {
  if (entry.resourceType !== 'Observation') return undefined;
  const taken = parseDate(entry.effectiveDateTime);
  const kind = measurementKinds.find(({ key }) => ownEntryTold(entry).page === `measurements/${key}`);
  if (!kind || !taken || now - Date.parse(taken.key) > 2 * dayMs) return undefined;
  const parts = entry.component ?? [entry];
  const values = Object.fromEntries(
    kind.parts.flatMap(({ name, loinc }) => {
      const part = parts.find(({ code }) => code.coding?.some((coding) => coding.code === loinc[0]));
      return part?.valueQuantity?.value === undefined ? [] : [[name, part.valueQuantity.value]];
    }),
  );
  const born = parseDate(patient.birthDate);
  const days = born && (Date.parse(taken.key) - Date.parse(born.key)) / dayMs;
  return urgentAdvice(kind.key, values, days);
}

const dayMs = 86_400_000;
