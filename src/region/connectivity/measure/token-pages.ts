/** Probes of a site: its tokens, and when tests that run by themselves may use the line; results that come as files. */

import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { problem } from '../../../platform/problem.ts';
import { formatMoment } from '../../../web/dates.ts';
import { defineForm } from '../../../web/forms/define-form.ts';
import { requiredText, textField } from '../../../web/forms/fields.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { Register } from '../model.ts';
import type { LineAccesses } from './line-access.ts';
import { readResults } from './ndt7-results.ts';
import type { LinePlansOf } from './plans.ts';
import type { ReadingStore } from './readings.ts';
import { type TestRule, testRules } from './test-times.ts';
import { siteFor } from './who-measures.ts';

export interface TokenPagesNeeds
  extends Pick<RoomNeeds, 'shell' | 'forms' | 'clock' | 'actorOf' | 'identityOf' | 'baseUrl' | 'secrets'> {
  readonly register: Pick<Register, 'site' | 'sitesOf'>;
  readonly accesses: LineAccesses;
  readonly plans: LinePlansOf;
  readonly readings: ReadingStore;
}

const rules = Object.keys(testRules) as [TestRule, ...TestRule[]]; // its keys are the type's
const makeForm = defineForm({
  fields: {
    name: requiredText('name', {
      ...{ missing: 'Enter a name for the probe, such as where it stands', what: 'The name', most: 80 },
    }),
  },
});
const ruleForm = defineForm({
  fields: { rule: textField('rule', z.enum(rules, 'Select when tests may run')) },
});
const longestPasted = 1_000_000;
const importForm = defineForm({
  fields: {
    results: textField(
      'results',
      z
        .string()
        .min(1, 'Paste the results of one or more tests')
        .max(longestPasted, 'Results must be at most 1 MB. Send larger files with the probe'),
    ),
  },
});

interface ById {
  readonly Params: { readonly id: string };
}

export function tokenPages(app: FastifyInstance, needs: TokenPagesNeeds): void {
  const { shell, forms, accesses, plans, readings, clock, baseUrl } = needs;
  const about = (request: { params: unknown } & Parameters<typeof siteFor>[1]) =>
    siteFor(needs, request, (request.params as ById['Params']).id, 'manage');
  const pathOf = (id: string) => `/lines/sites/${encodeURIComponent(id)}/probes`;

  forms.add(app, '/lines/sites/:id/probes', {
    about,
    form: () => makeForm,
    show: async (reply, { errorPrefix, ...shown }, { site }) =>
      shell.renderPage(reply, 'line-measure/probes.njk', {
        ...shown,
        title: `${errorPrefix}Probes: ${site.name}`,
        ...{ site, path: pathOf(site.id), baseUrl },
        rule: testRules[await plans.ruleOf(site.id)],
        tokens: (await accesses.listOf(site.id)).map((token) => ({
          ...token,
          madeOn: formatMoment(token.made),
          usedOn: token.used === undefined ? undefined : formatMoment(token.used),
          revokedOn: token.revoked === undefined ? undefined : formatMoment(token.revoked),
        })),
      }),
    act: async ({ name }, { site, measurer }, { key }) => {
      await accesses.make({ id: key, site: site.id, name, by: measurer });
      return `${pathOf(site.id)}/${key}`;
    },
  });

  app.get<{ Params: { id: string; token: string } }>(
    '/lines/sites/:id/probes/:token',
    async (request, reply) => {
      const { site, measurer } = await about(request);
      const token = (await accesses.listOf(site.id)).find(
        ({ id }) => id === request.params.token.toLowerCase(),
      );
      if (!token) throw problem('not-found', 'There is no such token of this site.');
      return shell.renderPage(reply, 'line-measure/token.njk', {
        title: token.name,
        ...{ site, token, baseUrl, path: pathOf(site.id) },
        secret: await accesses.reveal(site.id, token.id, measurer.id),
        revokedOn: token.revoked === undefined ? undefined : formatMoment(token.revoked),
      });
    },
  );
  app.post<{ Params: { id: string; token: string } }>(
    '/lines/sites/:id/probes/:token/revoke',
    async (request, reply) => {
      const { site } = await about(request);
      await accesses.revoke(site.id, request.params.token);
      return reply.redirect(pathOf(site.id), 303);
    },
  );

  forms.add(app, '/lines/sites/:id/test-times', {
    about: async (request) => {
      const found = await about(request);
      return { ...found, rule: await plans.ruleOf(found.site.id) };
    },
    form: () => ruleForm,
    initial: ({ rule }) => ({ rule }),
    show: (reply, { errorPrefix, ...shown }, { site }) =>
      shell.renderPage(reply, 'line-measure/test-times.njk', {
        ...shown,
        title: `${errorPrefix}When tests may run: ${site.name}`,
        ...{ site, path: pathOf(site.id) },
        choices: rules.map((value) => ({
          value,
          text: testRules[value],
          checked: shown.typed.rule === value,
        })),
      }),
    act: async ({ rule }, { site }) => {
      await plans.setRule(site.id, rule);
      return pathOf(site.id);
    },
  });

  forms.add(app, '/lines/sites/:id/results', {
    about,
    form: () => importForm,
    show: (reply, { errorPrefix, ...shown }, { site }) =>
      shell.renderPage(reply, 'line-measure/import.njk', {
        ...shown,
        title: `${errorPrefix}Bring in results: ${site.name}`,
        ...{ site, path: pathOf(site.id) },
      }),
    act: async ({ results }, { site, measurer }) => {
      const { found, faults } = readResults(results, { site: site.id, by: measurer.id, now: clock.now() });
      if (faults.length > 0)
        return faults
          .slice(0, 5)
          .map(({ where, message }) => ({ field: 'results', text: `${where}: ${message}` }));
      const { added, known } = await readings.add(found);
      return `/lines/sites/${encodeURIComponent(site.id)}/readings?added=${added}&known=${known}`;
    },
  });
}
