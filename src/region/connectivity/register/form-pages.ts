/** The forms that change the register: sites, lines, providers. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../../../platform/problem.ts';
import { type FieldError, formBody, formText } from '../../../web/form-fields.ts';
import { defineForm } from '../../../web/forms/define-form.ts';
import { dateField } from '../../../web/forms/fields.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { By, Circuit, LineProvider, LineSite, RegisterChange } from '../model.ts';
import type { Areas } from './areas.ts';
import {
  type AskedGroup,
  circuitGroups,
  fieldsOf,
  providerGroups,
  siteGroups,
  typedOfCells,
} from './form-fields.ts';
import {
  type Cells,
  cellsOfCircuit,
  cellsOfProvider,
  cellsOfSite,
  circuitOfCells,
  columnOfField,
  providerOfCells,
  siteOfCells,
} from './import/columns.ts';
import type { RegisterStore } from './store.ts';
import { faultsOf, type JudgePosition } from './validate.ts';
import type { Who } from './who.ts';

export interface FormParts extends Pick<RoomNeeds, 'shell' | 'forms'> {
  readonly store: RegisterStore;
  readonly areas: Areas;
  readonly who: Who;
  readonly judge: () => Promise<JudgePosition>;
}

interface About {
  readonly heading: string;
  readonly groups: readonly AskedGroup[];
  readonly typed: Record<string, string>;
  readonly back: { readonly href: string; readonly text: string };
  readonly by: By;
  readonly button: string;
  /** What the cells say; `key` is that of the form. Ids are made from it. */
  readonly changesOf: (cells: Cells, key: string) => readonly RegisterChange[] | readonly FieldError[];
  readonly after: (cells: Cells, key: string) => string;
}

const paramOf = (request: FastifyRequest): string => formText(formBody(request.params), 'id');

const errorsOf = (faults: readonly { column: string; message: string }[]): readonly FieldError[] =>
  faults.map(({ column, message }) => ({ field: column, text: message }));

const isErrors = (made: readonly RegisterChange[] | readonly FieldError[]): made is readonly FieldError[] =>
  made.some((one) => 'field' in one);

export function formPages(app: FastifyInstance, { shell, forms, store, who, judge }: FormParts): void {
  const addForm = (path: string, aboutOf: (request: FastifyRequest) => Promise<About>): void =>
    forms.add(app, path, {
      about: aboutOf,
      form: ({ groups }) => defineForm({ fields: fieldsOf(groups) }),
      initial: ({ typed }) => typed,
      show: (reply, { errorPrefix, ...shown }, { heading, groups, back, button }) =>
        shell.renderPage(reply, 'line-register/form.njk', {
          ...{ ...shown, title: `${errorPrefix}${heading}`, heading, groups, back, buttonText: button },
        }),
      act: async (values, about, { key }) => {
        const made = about.changesOf(values, key);
        if (isErrors(made)) return made;
        const faults = faultsOf(made, await store.whole(), await judge());
        if (faults.length > 0)
          return errorsOf(faults.map(({ field, message }) => ({ column: inputOf(field, about), message })));
        const { changed } = await store.save(made, about.by);
        const path = about.after(values, key);
        return `${path}?done=${changed > 0 ? 'saved' : 'unchanged'}`;
      },
    });
  /** An error leads to an input that is there. */
  const inputOf = (field: string, { groups }: About): string => {
    const column = columnOfField[field] ?? field;
    const names = groups.flatMap(({ fields }) => fields.map(({ name }) => name));
    return names.includes(column) ? column : (names[0] ?? '');
  };

  const siteAbout = async (request: FastifyRequest, site: LineSite | undefined): Promise<About> => {
    const { by } = who.manager(request);
    const empty = { kind: 'general-practice', closed: 'no' };
    return {
      ...{ heading: site ? `Change ${site.name}` : 'Add a site', groups: siteGroups, by },
      typed: typedOfCells(siteGroups, site ? cellsOfSite(site) : empty),
      back: site ? { href: `/lines/sites/${site.id}`, text: site.name } : { href: '/lines', text: 'Lines' },
      button: site ? 'Save' : 'Add the site',
      changesOf: (cells, key) => {
        const read = siteOfCells({ ...cells, id: site?.id ?? key });
        return 'faults' in read ? errorsOf(read.faults) : [{ kind: 'site', site: read.thing }];
      },
      after: (_cells, key) => `/lines/sites/${site?.id ?? key}`,
    };
  };
  addForm('/lines/sites/new', (request) => siteAbout(request, undefined));
  addForm('/lines/sites/:id/edit', async (request) => {
    who.manager(request);
    return siteAbout(request, (await who.site(request, paramOf(request))).site);
  });

  const providerAbout = async (
    request: FastifyRequest,
    provider: LineProvider | undefined,
  ): Promise<About> => {
    const { by } = who.manager(request);
    return {
      ...{ heading: provider ? `Change ${provider.name}` : 'Add a provider', groups: providerGroups, by },
      typed: typedOfCells(providerGroups, provider ? cellsOfProvider(provider) : {}),
      ...{
        back: { href: '/lines/providers', text: 'Providers' },
        button: provider ? 'Save' : 'Add the provider',
      },
      changesOf: (cells, key) => {
        const read = providerOfCells({ ...cells, id: provider?.id ?? key });
        return 'faults' in read ? errorsOf(read.faults) : [{ kind: 'provider', provider: read.thing }];
      },
      after: () => '/lines/providers',
    };
  };
  addForm('/lines/providers/new', (request) => providerAbout(request, undefined));
  addForm('/lines/providers/:id/edit', async (request) => {
    who.manager(request);
    const provider = (await store.whole()).providers.get(paramOf(request));
    if (!provider) throw problem('not-found', 'There is no such provider.');
    return providerAbout(request, provider);
  });

  const circuitOf = async (request: FastifyRequest): Promise<{ circuit: Circuit; site: LineSite }> => {
    who.manager(request);
    const circuit = await store.circuit(paramOf(request));
    const site = circuit ? await store.site(circuit.site) : undefined;
    if (!circuit || !site) throw problem('not-found', 'There is no such line.');
    return { circuit, site };
  };
  const circuitAbout = async (
    request: FastifyRequest,
    site: LineSite,
    how: {
      readonly heading: string;
      readonly button: string;
      readonly cells: Cells;
      readonly circuit?: Circuit;
      /** Ended as the new one begins. */
      readonly replaces?: Circuit;
    },
  ): Promise<About> => {
    const { by } = who.manager(request);
    const { heading, button, circuit, replaces } = how;
    const groups = circuitGroups(await store.providers());
    return {
      ...{ heading, button, groups, by, typed: typedOfCells(groups, how.cells) },
      back: { href: `/lines/sites/${site.id}`, text: site.name },
      changesOf: (cells, key) => {
        const read = circuitOfCells({ ...cells, id: circuit?.id ?? key, site: site.id }, circuit);
        if ('faults' in read) return errorsOf(read.faults);
        const change: RegisterChange = { kind: 'circuit', circuit: read.thing };
        if (!replaces) return [change];
        const { installed, state } = read.thing;
        if (state !== 'live')
          return [
            {
              field: 'state',
              text: 'A line replaces another when it is in use. Until then, add it as ordered',
            },
          ];
        if (installed === undefined)
          return [{ field: 'installed', text: 'Enter the day on which it took over' }];
        return [{ kind: 'circuit', circuit: { ...replaces, state: 'ceased', ceased: installed } }, change];
      },
      after: () => `/lines/sites/${site.id}`,
    };
  };
  addForm('/lines/sites/:id/circuits/new', async (request) => {
    who.manager(request);
    const { site } = await who.site(request, paramOf(request));
    const hasMain = (await store.circuits([site.id])).some(
      ({ role, state }) => role === 'main' && state === 'live',
    );
    const cells = { technology: 'fttp', role: hasMain ? 'backup' : 'main', state: 'live' };
    return circuitAbout(request, site, {
      heading: `Add a line: ${site.name}`,
      button: 'Add the line',
      cells,
    });
  });
  addForm('/lines/circuits/:id/edit', async (request) => {
    const { circuit, site } = await circuitOf(request);
    const cells = cellsOfCircuit(circuit);
    return circuitAbout(request, site, {
      heading: `Change a line: ${site.name}`,
      button: 'Save',
      cells,
      circuit,
    });
  });
  addForm('/lines/circuits/:id/replace', async (request) => {
    const { circuit, site } = await circuitOf(request);
    const { provider, role, route, z_place, router } = cellsOfCircuit(circuit);
    return circuitAbout(request, site, {
      ...{ heading: `Replace a line: ${site.name}`, button: 'Replace the line', replaces: circuit },
      cells: {
        ...{ technology: 'fttp', state: 'live', provider: provider ?? '', role: role ?? '' },
        ...{ route: route ?? '', z_place: z_place ?? '', router: router ?? '' },
      },
    });
  });

  forms.add(app, '/lines/circuits/:id/end', {
    about: async (request) => ({ ...(await circuitOf(request)), ...who.manager(request) }),
    form: () => defineForm({ fields: { ceased: dateField('ceased', 'Day on which the line ended') } }),
    show: (reply, { errorPrefix, ...shown }, { circuit, site }) =>
      shell.renderPage(reply, 'line-register/end.njk', {
        ...{ ...shown, title: `${errorPrefix}End a line: ${site.name}`, circuit, site },
      }),
    act: async ({ ceased }, { circuit, site, by }) => {
      const change: RegisterChange = { kind: 'circuit', circuit: { ...circuit, state: 'ceased', ceased } };
      const [fault] = faultsOf([change], await store.whole());
      if (fault) return [{ field: 'ceased-day', text: fault.message }];
      await store.save([change], by);
      return `/lines/sites/${site.id}?done=ended`;
    },
  });
}
