/** The orders as a board by stage, as a table with its file, and over time. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { formatShortDate, localMoment } from '../../../web/dates.ts';
import { sendCsv } from '../../../web/tables/csv.ts';
import { defineTable } from '../../../web/tables/define-table.ts';
import { technologyNames } from '../model.ts';
import { deedActions } from './deed-form.ts';
import { forecast, pastDurations, pendingOf } from './forecast.ts';
import { drawGantt } from './gantt-svg.ts';
import { daysLate } from './lateness.ts';
import { isOpen, type Order, oneOff, stages, stateNames, type WorkStage } from './order.ts';
import { type SeenOrder, seenOrder } from './seen-order.ts';
import { stateName, stepOf, type Tag, tagsOf } from './shown-order.ts';
import { acts, type DeliveryParts, overseerOf, type Visitor, visitorOf } from './who.ts';

interface Row {
  readonly order: SeenOrder;
  readonly site: string;
  readonly supplier: string;
  readonly tags: readonly Tag[];
  readonly late: number;
}

const stateOptions = [
  { value: '', text: 'Every stage' },
  ...[...stages, 'cancelled' as const].map((value) => ({ value, text: stateNames[value] })),
];

const table = defineTable<Row>({
  id: 'orders',
  caption: 'Orders',
  captionHidden: true,
  columns: [
    {
      ...{ key: 'number', heading: 'Order', sortable: true },
      cell: ({ order }) => String(order.number),
    },
    {
      ...{ key: 'site', heading: 'Site', sortable: true },
      cell: ({ order, site }) => ({ text: site, href: `/lines/orders/${order.id}` }),
    },
    {
      ...{ key: 'stage', heading: 'Stage', sortable: true },
      cell: ({ order, tags }) => ({
        text: stateName(order),
        ...(tags[0] ? { flag: tags[0].text, flagColour: tags[0].colour } : {}),
      }),
      csv: ({ order }) => stateName(order),
      compare: (a, b) => stages.indexOf(a.order.state as never) - stages.indexOf(b.order.state as never), // cancelled comes first
    },
    { key: 'line', heading: 'Line', sortable: true, cell: ({ order }) => technologyNames[order.technology] },
    { key: 'supplier', heading: 'Supplier', sortable: true, cell: ({ supplier }) => supplier },
    {
      ...{ key: 'due', heading: 'To be live', sortable: true },
      cell: ({ order }) => (order.due === undefined ? '' : formatShortDate(order.due)),
      csv: ({ order }) => order.due ?? '',
      compare: (a, b) => (a.order.due ?? '9').localeCompare(b.order.due ?? '9'),
    },
    {
      ...{ key: 'late', heading: 'Days late', sortable: true, numeric: true },
      cell: ({ late }) => (late === 0 ? '' : String(late)),
    },
  ],
  filters: [
    {
      name: 'stage',
      label: 'Stage',
      options: stateOptions,
      matches: ({ order }, value) => order.state === value,
    },
    {
      ...{ name: 'find', label: 'Site or supplier' },
      matches: ({ site, supplier }, value) =>
        `${site} ${supplier}`.toLowerCase().includes(value.toLowerCase()),
    },
  ],
  sort: 'number',
  empty: 'There are no orders yet.',
});

const cardsShown = 8;
const ganttRows = 40;

export function boardPages(app: FastifyInstance, needs: DeliveryParts): void {
  const { shell, orders, register, clock } = needs;
  const today = () => localMoment(clock.now()).key;

  /** What the visitor may see of the orders, and the orders themselves. */
  const seenBy = async ({
    viewer,
  }: Visitor): Promise<readonly { readonly order: Order; readonly row: Row }[]> => {
    const [all, sites, providers] = await Promise.all([
      orders.all(
        viewer.kind === 'supplier'
          ? { provider: viewer.provider }
          : viewer.kind === 'practice'
            ? { sites: viewer.sites }
            : {},
      ),
      register.sites({ closed: true }),
      register.providers(),
    ]);
    const siteNames = new Map(sites.map(({ id, name }) => [id, name]));
    const providerNames = new Map(providers.map(({ id, name }) => [id, name]));
    return all.flatMap((order) => {
      const seen = seenOrder(order, viewer);
      if (!seen) return [];
      const row: Row = {
        ...{ order: seen, site: siteNames.get(order.site) ?? order.site },
        supplier:
          seen.chosen === undefined || seen.lost ? '' : (providerNames.get(seen.chosen) ?? seen.chosen),
        ...{ tags: tagsOf(seen, today()), late: seen.lost ? 0 : daysLate(seen, today()) },
      };
      return [{ order, row }];
    });
  };

  app.get('/lines/orders', async (request, reply) => {
    const visitor = await visitorOf(needs, request);
    const seen = await seenBy(visitor);
    const closed = seen.filter(({ row }) => row.order.lost);
    const most = shell.lowData(request) ? 4 : cardsShown;
    const columns = stages.map((stage) => {
      const own = seen.filter(({ row }) => row.order.state === stage && !row.order.lost);
      // What waits for someone first: blocked, late, then the soonest due.
      const sorted =
        stage === 'live'
          ? own.toSorted((a, b) => (b.order.live ?? 0) - (a.order.live ?? 0))
          : own.toSorted(
              (a, b) =>
                Number(b.order.blocked !== undefined) - Number(a.order.blocked !== undefined) ||
                b.row.late - a.row.late ||
                (a.order.due ?? '9').localeCompare(b.order.due ?? '9') ||
                a.order.number - b.order.number,
            );
      return {
        ...{ stage, name: stateNames[stage], count: own.length },
        more: own.length > most ? `/lines/orders/list?stage=${stage}` : undefined,
        cards: sorted.slice(0, most).map(({ order, row }) => {
          const step = acts(visitor) ? stepOf(order, visitor.doer) : undefined;
          return {
            ...{ href: `/lines/orders/${order.id}`, site: row.site, number: order.number, tags: row.tags },
            supplier: row.supplier,
            due: row.order.due === undefined || stage === 'live' ? undefined : formatShortDate(row.order.due),
            visit: row.order.visits.map(
              ({ day, agreed }) => `${formatShortDate(day)}${agreed ? '' : ' (proposed)'}`,
            )[0],
            step: step && {
              // Accepting starts at what was measured.
              href:
                step === 'accept'
                  ? `/lines/orders/${order.id}#acceptance`
                  : `/lines/orders/${order.id}/do/${step}`,
              text: step === 'accept' ? 'See what was measured' : deedActions[step],
            },
          };
        }),
      };
    });
    return shell.renderPage(reply, 'line-delivery/board.njk', {
      title: visitor.viewer.kind === 'practice' ? 'Lines ordered for you' : 'Orders of lines',
      ...{ columns, manages: visitor.manages, kind: visitor.viewer.kind, total: seen.length },
      lost: closed.map(({ row }) => ({
        href: `/lines/orders/${row.order.id}`,
        site: row.site,
        number: row.order.number,
      })),
      cancelled: seen.filter(({ row }) => row.order.state === 'cancelled' && !row.order.lost).length,
      late: seen.filter(({ row, order }) => row.late > 0 && isOpen(order)).length,
      blocked: seen.filter(({ row }) => row.order.blocked !== undefined).length,
      oversees: visitor.viewer.kind === 'lead' || visitor.viewer.kind === 'board',
    });
  });

  const listed = async (request: FastifyRequest) => {
    const asked = table.asked(request);
    const rows = (await seenBy(await visitorOf(needs, request))).map(({ row }) => row);
    return { asked, rows };
  };

  app.get('/lines/orders/list', async (request, reply) => {
    const { asked, rows } = await listed(request);
    return shell.renderPage(reply, 'line-delivery/list.njk', {
      title: 'Orders as a table',
      table: table.view(asked, table.pageOf(rows, asked, shell.lowData(request) ? 20 : 50), {
        csvPath: '/lines/orders.csv',
      }),
    });
  });

  app.get('/lines/orders.csv', async (request, reply) => {
    const { asked, rows } = await listed(request);
    const all = table.pageOf(rows, { ...asked, page: undefined }, rows.length + 1);
    return sendCsv(reply, { name: 'orders-of-lines', lines: table.csv(all.rows) });
  });

  app.get('/lines/orders/gantt', async (request, reply) => {
    const visitor = await overseerOf(needs, request);
    const seen = await seenBy(visitor);
    const now = clock.now();
    const open = seen.filter(({ order }) => isOpen(order));
    const { byOrder, runs } = forecast({
      past: pastDurations(seen.map(({ order }) => order)),
      pending: open.map(({ order }) => pendingOf(order as Order & { state: WorkStage }, now, false)), // open ones are in a stage of work
      ...{ now, seed: `lines ${today()}`, runs: 400 },
    });
    const shown = [...open, ...seen.filter(({ order }) => order.state === 'live').toReversed()].slice(
      0,
      ganttRows,
    );
    return shell.renderPage(reply, 'line-delivery/gantt.njk', {
      title: 'Orders over time',
      drawing: drawGantt(
        shown.map(({ order, row }) => ({ order, name: row.site, likely: byOrder.get(order.id) })),
        now,
      ),
      ...{ runs, shown: shown.length, total: seen.length },
      cost: open.reduce((sum, { order }) => sum + oneOff(order), 0),
    });
  });
}
