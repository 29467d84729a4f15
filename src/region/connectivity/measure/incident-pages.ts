/** What is wrong with lines now, and was: seen, taken up, written about. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../../../platform/problem.ts';
import { formatMoment } from '../../../web/dates.ts';
import { defineForm } from '../../../web/forms/define-form.ts';
import { textField } from '../../../web/forms/fields.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { Register } from '../model.ts';
import type { Alerts } from './alerts.ts';
import { degradationRule } from './degradation.ts';
import type { IncidentStore, KeptIncident } from './incident-store.ts';
import { lengthWords } from './settle.ts';
import { leastSites } from './shared-causes.ts';
import { silentMs } from './silences.ts';
import { measurerOf, siteFor } from './who-measures.ts';

export interface IncidentPagesNeeds
  extends Pick<RoomNeeds, 'shell' | 'forms' | 'clock' | 'actorOf' | 'identityOf'> {
  readonly register: Pick<Register, 'site' | 'sites' | 'sitesOf' | 'circuits' | 'providers'>;
  readonly incidents: IncidentStore;
  readonly alerts: Alerts;
}

const day = 24 * 3_600_000;
const shownDays = 14;
const noteForm = defineForm({
  fields: {
    note: textField('note', z.string().max(1000, 'What you write must be 1000 characters or fewer')),
  },
});
const addressForm = defineForm({
  fields: {
    address: textField(
      'address',
      z
        .string()
        .max(200, 'The address must be 200 characters or fewer')
        .regex(
          /^$|^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/,
          'Enter an email address in the correct format, like name@example.com',
        ),
    ),
  },
});

interface ById {
  readonly id: string;
}

export function incidentPages(app: FastifyInstance, needs: IncidentPagesNeeds): void {
  const { shell, forms, register, incidents, alerts, clock } = needs;

  const shown = (one: KeptIncident, names: ReadonlyMap<string, string>) => ({
    ...one,
    name: names.get(one.site) ?? `Site ${one.site}`,
    kindWords: one.kind === 'outage' ? 'Not heard' : 'Much worse',
    from: formatMoment(one.started),
    until: one.ended === undefined ? undefined : formatMoment(one.ended),
    lasted: lengthWords((one.ended ?? clock.now()) - one.started),
    takenUp: one.acknowledged && { by: one.acknowledged.by, on: formatMoment(one.acknowledged.at) },
  });
  /** Those with one cause together, the most sites first; then those of one site, the newest first. */
  const grouped = (list: readonly ReturnType<typeof shown>[]) => {
    const groups = new Map<string, ReturnType<typeof shown>[]>();
    for (const one of list) {
      const key = one.shared ?? one.id;
      const group = groups.get(key);
      if (group) group.push(one);
      else groups.set(key, [one]);
    }
    return [...groups.values()]
      .map((group) => ({
        shared: group.length > 1 ? group[0]?.shared : undefined,
        sites: new Set(group.map(({ site }) => site)).size,
        list: group,
      }))
      .sort((a, b) => (b.shared ? b.sites : 0) - (a.shared ? a.sites : 0));
  };

  app.get('/lines/incidents', async (request, reply) => {
    const measurer = await measurerOf(needs, request);
    if (!measurer.seesAll && measurer.own.length === 0)
      throw problem('forbidden', 'Incidents are for those who see the lines of sites.');
    const among = measurer.seesAll ? {} : { sites: measurer.own };
    const now = clock.now();
    const list = await incidents.list({ ...among, from: now - shownDays * day, most: 500 });
    const sites = await register.sites({ ids: [...new Set(list.map(({ site }) => site))], closed: true });
    const names = new Map(sites.map(({ id, name }) => [id, name]));
    const all = list.map((one) => shown(one, names));
    return shell.renderPage(reply, 'line-measure/incidents.njk', {
      title: 'Line incidents',
      ...{ open: grouped(all.filter(({ ended }) => ended === undefined)), days: shownDays },
      ended: all.filter(({ ended }) => ended !== undefined).slice(0, 50),
      ...{ rule: degradationRule, silent: lengthWords(silentMs), leastSites },
      manages: measurer.managesAll,
      address: measurer.managesAll ? await alerts.address() : undefined,
    });
  });

  const incidentFor = async (request: FastifyRequest) => {
    const { id } = request.params as ById; // of the route
    const found = await incidents.get(id);
    if (!found) throw problem('not-found', 'There is no such incident.');
    const { site, measurer } = await siteFor(needs, request, found.site, 'see');
    return { found, site, measurer };
  };
  forms.add(app, '/lines/incidents/:id', {
    about: incidentFor,
    form: () => noteForm,
    show: async (reply, { errorPrefix, ...form }, { found, site, measurer }) => {
      const circuits = await register.circuits([site.id]);
      const providers = new Map((await register.providers()).map((one) => [one.id, one]));
      return shell.renderPage(reply, 'line-measure/incident.njk', {
        ...form,
        title: `${errorPrefix}${found.kind === 'outage' ? 'Not heard' : 'Much worse'}: ${site.name}`,
        ...{ site, incident: shown(found, new Map([[site.id, site.name]])) },
        mayWrite: measurer.managesAll || measurer.own.includes(site.id),
        notes: (await incidents.notes(found.id)).map((note) => ({ ...note, on: formatMoment(note.at) })),
        faults: circuits.flatMap(({ state, provider, reference, role }) => {
          const of = providers.get(provider);
          return state === 'live' && of
            ? [{ ...{ name: of.name, telephone: of.telephone, email: of.email }, reference, role }]
            : [];
        }),
      });
    },
    act: async ({ note }, { found, site, measurer }, { key }) => {
      if (!measurer.managesAll && !measurer.own.includes(site.id))
        throw problem('forbidden', 'You can read of this incident, but not take it up.');
      await incidents.acknowledge(found.id, { name: measurer.name, note, key, at: clock.now() });
      return `/lines/incidents/${found.id}`;
    },
  });

  forms.add(app, '/lines/alerts', {
    about: async (request) => {
      const measurer = await measurerOf(needs, request);
      if (!measurer.managesAll)
        throw problem('forbidden', 'Who is told of incidents is for the connectivity lead.');
      return { address: await alerts.address() };
    },
    form: () => addressForm,
    initial: ({ address = '' }) => ({ address }),
    show: (reply, { errorPrefix, ...form }) =>
      shell.renderPage(reply, 'line-measure/alerts.njk', {
        ...form,
        title: `${errorPrefix}Who is told of incidents`,
        canSend: alerts.canSend,
      }),
    act: async ({ address }) => {
      await alerts.setAddress(address === '' ? undefined : address);
      return '/lines/incidents';
    },
  });
}
