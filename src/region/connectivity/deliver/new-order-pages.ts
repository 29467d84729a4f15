/** New orders: by hand for a site, or for sites of the agreed plan. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '../../../platform/problem.ts';
import { firstText } from '../../../web/addresses.ts';
import { localMoment } from '../../../web/dates.ts';
import type { FieldError } from '../../../web/form-fields.ts';
import { defineForm, type Form } from '../../../web/forms/define-form.ts';
import { choicesField, type Field, textField } from '../../../web/forms/fields.ts';
import { isFullFibre, type LineProvider, type LineSite, type Technology, technologyNames } from '../model.ts';
import { pounds } from './deed-words.ts';
import { derivedKey } from './derived-key.ts';
import { noteField, numberField, oneOf } from './number-fields.ts';
import type { Ordered } from './order.ts';
import { type DeliveryParts, leadOf, type Visitor } from './who.ts';

/** What can be ordered. Nobody orders copper anew. */
const orderable: readonly Technology[] = ['fttp', 'leased', 'mobile', 'satellite'];
const mostAtOnce = 100;

const supplierField = (ids: readonly string[]): Field<readonly string[], string[]> =>
  choicesField(
    'suppliers',
    z
      .array(z.string())
      .min(1, 'Select at least one supplier to ask')
      .refine((list) => list.every((id) => ids.includes(id)), 'Select suppliers from the list'),
  );
const speedFields = {
  down: numberField('down', { what: 'The download speed', least: 0.1, most: 100_000 }),
  up: numberField('up', { what: 'The upload speed', least: 0.1, most: 100_000 }),
  idle: numberField('idle', { what: 'The most delay', least: 1, most: 2000 }),
  loaded: numberField('loaded', { what: 'The most delay under load', least: 1, most: 5000 }),
} as const;
/** What a practice with a few clinicians on video needs with room to spare; the lead changes them for a hospital. */
const usual = { down: '100', up: '20', idle: '30', loaded: '100' } as const;
const orderedOf = ({ down, up, idle, loaded }: Required<Omit<Ordered, 'loss'>>): Ordered => ({
  ...{ down, up, idle, loaded, loss: 0.01 },
});

interface ByHand {
  readonly visitor: Visitor;
  readonly providers: readonly LineProvider[];
  readonly sites: readonly LineSite[];
  /** Asked for in the address. */
  readonly site: LineSite | undefined;
  readonly year: number;
}

/** A site by its id, its ODS code or its name; else what to mend. */
function siteField(sites: readonly LineSite[]): Field<string, LineSite> {
  const text = textField(
    'site',
    z.string().min(1, 'Enter the name or the ODS code of the site').max(200, 'Enter a shorter name'),
  );
  const wrong = (message: string) => ({ errors: [{ field: 'site', text: message }] });
  return {
    inputs: ['site'],
    read: text.read,
    parse: (typed) => {
      const parsed = text.parse(typed);
      if ('errors' in parsed) return parsed;
      const wanted = typed.toLowerCase();
      const exact = sites.filter(({ id, ods, name }) =>
        [id, ods, name].some((one) => one?.toLowerCase() === wanted),
      );
      const found =
        exact.length > 0 ? exact : sites.filter(({ name }) => name.toLowerCase().includes(wanted));
      const [only] = found;
      if (!only) return wrong(`No site is called “${typed}”. Try a part of its name, or its ODS code`);
      if (found.length === 1) return { value: only };
      const some = found.slice(0, 5).map(({ name, ods }) => (ods ? `${name} (${ods})` : name));
      return wrong(
        `${found.length} sites fit “${typed}”. Enter the code of one: ${some.join(', ')}${found.length > 5 ? ' …' : ''}`,
      );
    },
  };
}

const handForm = ({ providers, sites, year }: ByHand) =>
  defineForm({
    fields: {
      site: siteField(sites),
      technology: oneOf('technology', orderable, 'Select what kind of line'),
      role: oneOf('role', ['main', 'backup'] as const, 'Select what the line is for'),
      ...speedFields,
      estimate: numberField('estimate', { what: 'The estimate', least: 0, most: 10_000_000, whole: true }),
      year: numberField('year', {
        what: 'The year of the budget',
        least: year - 1,
        most: year + 15,
        whole: true,
      }),
      reason: noteField('reason'),
      suppliers: supplierField(providers.map(({ id }) => id)),
    },
  });
type HandFields = ReturnType<typeof handForm> extends Form<infer F> ? F : never;

interface FromPlan {
  readonly visitor: Visitor;
  readonly providers: readonly LineProvider[];
  readonly plan: { readonly id: string; readonly name: string } | undefined;
  readonly planned: readonly {
    readonly site: LineSite;
    readonly technology: Technology;
    readonly year: number;
    readonly cost: number;
    readonly route: string | undefined;
    readonly reason: string;
    /** It is ordered or on full fibre already. */
    readonly taken: boolean;
  }[];
}

const planForm = ({ planned, providers }: FromPlan) =>
  defineForm({
    fields: {
      sites: choicesField(
        'sites',
        z
          .array(z.string())
          .min(1, 'Select at least one site')
          .max(mostAtOnce, `Select at most ${mostAtOnce} sites at once`)
          .refine(
            (list) => list.every((id) => planned.some(({ site }) => site.id === id)),
            'One of these sites is no longer in the plan. Look at the list again',
          ),
      ),
      ...speedFields,
      suppliers: supplierField(providers.map(({ id }) => id)),
    },
  });
type PlanFields = ReturnType<typeof planForm> extends Form<infer F> ? F : never;

export function newOrderPages(app: FastifyInstance, needs: DeliveryParts): void {
  const { shell, forms, orders, register, plans, clock } = needs;

  const byHand = async (request: FastifyRequest): Promise<ByHand> => {
    const visitor = await leadOf(needs, request);
    const [providers, sites] = await Promise.all([register.providers(), register.sites()]);
    const wanted = firstText((request.query as Readonly<Record<string, unknown>>)['site']);
    return {
      ...{ visitor, providers, sites, year: localMoment(clock.now()).year },
      site: sites.find(({ id }) => id === wanted),
    };
  };

  forms.add<HandFields, ByHand>(app, '/lines/orders/new', {
    about: byHand,
    form: handForm,
    initial: ({ site, year }) => ({
      ...{ ...usual, technology: 'fttp', role: 'main', year: String(year) },
      ...(site ? { site: site.ods ?? site.id } : {}),
    }),
    show: (reply, { errorPrefix, ...shown }, { providers }) =>
      shell.renderPage(reply, 'line-delivery/new.njk', {
        ...shown,
        title: `${errorPrefix}Order a line`,
        technologies: orderable.map((value) => ({ value, text: technologyNames[value] })),
        suppliers: providers.map(({ id, name }) => ({ value: id, text: name })),
      }),
    act: async (values, { visitor }, { key }) => {
      const { site, technology, role, estimate, year, reason, suppliers } = values;
      return asErrors('site', async () => {
        const order = await orders.open(
          {
            site: site.id,
            technology,
            role,
            estimate,
            year,
            reason,
            invited: suppliers,
            ordered: orderedOf(values),
          },
          visitor.doer,
          key,
        );
        return `/lines/orders/${order.id}?done=note`;
      });
    },
  });

  const fromPlan = async (request: FastifyRequest): Promise<FromPlan> => {
    const visitor = await leadOf(needs, request);
    const [providers, sites, agreed, open, circuits] = await Promise.all([
      register.providers(),
      register.sites(),
      plans.agreed(),
      orders.all({ open: true }),
      register.circuits(),
    ]);
    const byId = new Map(sites.map((site) => [site.id, site]));
    const taken = new Set([
      ...open.filter(({ role }) => role === 'main').map(({ site }) => site),
      ...circuits
        .filter(
          ({ role, state, technology }) => role === 'main' && state === 'live' && isFullFibre(technology),
        )
        .map(({ site }) => site),
    ]);
    return {
      ...{ visitor, providers, plan: agreed && { id: agreed.id, name: agreed.name } },
      planned: (agreed?.sites ?? [])
        .flatMap((one) => {
          const site = byId.get(one.site);
          return site ? [{ ...one, site, taken: taken.has(one.site) }] : [];
        })
        .sort((a, b) => a.year - b.year || a.site.name.localeCompare(b.site.name)),
    };
  };

  forms.add<PlanFields, FromPlan>(app, '/lines/orders/from-plan', {
    about: fromPlan,
    // It takes what is ordered already too: the same form sent twice finds its own orders, others are told of theirs.
    form: planForm,
    initial: () => usual,
    show: (reply, { errorPrefix, ...shown }, { plan, planned: all, providers }) => {
      const planned = all.filter(({ taken }) => !taken);
      return shell.renderPage(reply, 'line-delivery/from-plan.njk', {
        ...shown,
        ...{ title: `${errorPrefix}Order from the plan`, plan, total: planned.length, most: mostAtOnce },
        years: [...Map.groupBy(planned.slice(0, mostAtOnce), ({ year }) => year)].map(([year, own]) => ({
          year,
          items: own.map(({ site, technology, cost, route, reason }) => ({
            ...{ value: site.id, text: site.name },
            hint: {
              text: [
                `${technologyNames[technology]}, about ${pounds(cost)}`,
                ...(route ? [`route ${route}`] : []),
                reason,
              ]
                .filter(Boolean)
                .join('. '),
            },
            checked: (shown.typed.sites as readonly string[]).includes(site.id), // as choicesField reads it
          })),
        })),
        suppliers: providers.map(({ id, name }) => ({ value: id, text: name })),
      });
    },
    act: async (values, { visitor, planned, plan }, { key }) =>
      asErrors('sites', async () => {
        for (const id of values.sites) {
          const one = planned.find(({ site }) => site.id === id);
          if (!one || !plan) continue;
          await orders.open(
            {
              ...{ site: id, role: 'main', technology: one.technology, ordered: orderedOf(values) },
              ...{
                estimate: Math.round(one.cost),
                year: one.year,
                reason: one.reason,
                invited: values.suppliers,
              },
              plan: { ...plan, ...(one.route === undefined ? {} : { route: one.route }) },
            },
            visitor.doer,
            derivedKey(key, id),
          );
        }
        return '/lines/orders';
      }),
  });
}

/** What the store refuses becomes an error of the form; what is not the writer’s to mend is thrown on. */
async function asErrors(field: string, work: () => Promise<string>): Promise<string | readonly FieldError[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    return error.faults.map(({ message }) => ({ field, text: message.replace(/\.$/, '') }));
  }
}
