/** One order: its page, a form for each deed, quotes side by side, documents. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem, problem } from '../../../platform/problem.ts';
import { contentDisposition, downloadOf } from '../../../web/attachments.ts';
import { formatMoment, localMoment } from '../../../web/dates.ts';
import type { FieldError } from '../../../web/form-fields.ts';
import { defineForm, type Fields, type Form } from '../../../web/forms/define-form.ts';
import { textField } from '../../../web/forms/fields.ts';
import { fileFields } from '../../../web/uploads/file-fields.ts';
import { acceptanceRule, acceptanceWords } from './acceptance.ts';
import { comparedMonths, compareQuotes } from './compare-quotes.ts';
import { mayDoTo, partyOf } from './decide.ts';
import { type DeedForm, type DeedSlug, isDeedSlug } from './deed-form.ts';
import { deedForm } from './deed-forms.ts';
import { pounds, speedsText } from './deed-words.ts';
import { acceptanceOf, careNow } from './measured-acceptance.ts';
import { type Deed, type Order, oneOff, quoteOf } from './order.ts';
import { chosenQuote, seenHistory, seenOrder } from './seen-order.ts';
import {
  actionsOf,
  benefitRows,
  documentsOf,
  factsOf,
  figureRows,
  historyOf,
  nextOf,
  stateName,
  stepOf,
  tagsOf,
  toPrepare,
  verdictWords,
} from './shown-order.ts';
import { left, spendingOf } from './spending.ts';
import { acts, type DeliveryParts, leadOf, overseerOf, type Visitor, visitorOf } from './who.ts';

const documentPurpose = 'line-document';
const noOrder = () => problem('not-found', 'There is no such order among those that you see.');

interface ById {
  readonly id: string;
}
type OrderRequest = FastifyRequest<{ Params: ById; Querystring: Readonly<Record<string, unknown>> }>;

/** A deed about to be done. */
interface Doing {
  readonly visitor: Visitor;
  readonly order: Order;
  readonly slug: DeedSlug;
  readonly of: DeedForm;
  readonly form: Form<Fields>;
  readonly siteName: string;
}

export function orderPages(app: FastifyInstance, needs: DeliveryParts): void {
  const { shell, forms, orders, register, uploads, files, clock, identityOf } = needs;
  const today = () => localMoment(clock.now()).key;
  uploads.define({
    ...{ purpose: documentPurpose, types: ['application/pdf', 'image/jpeg', 'image/png'] },
    ...{ typesInWords: 'a PDF or a photo (JPEG, PNG)', most: 20 * 1024 * 1024 },
  });

  const names = async () => {
    const providers = await register.providers();
    const byId = new Map(providers.map(({ id, name }) => [id, name]));
    return { providers, nameOf: (id: string) => byId.get(id) ?? id };
  };

  /** The order and who asks for it. Throws 404 for what is none of theirs, as for what is not there. */
  const orderFor = async (request: FastifyRequest) => {
    const visitor = await visitorOf(needs, request);
    const { id } = (request as OrderRequest).params;
    const order = await orders.get(id);
    const seen = order && seenOrder(order, visitor.viewer);
    if (!order || !seen) throw noOrder();
    return { visitor, order, seen };
  };
  const siteNameOf = async (id: string) => (await register.site(id))?.name ?? id;

  app.get<{ Params: ById; Querystring: Readonly<Record<string, unknown>> }>(
    '/lines/orders/:id',
    async (request, reply) => {
      const { visitor, order, seen } = await orderFor(request);
      const [{ nameOf }, siteName, events] = await Promise.all([
        names(),
        siteNameOf(order.site),
        orders.history(order.id),
      ]);
      const isOthers =
        seen.lost || (partyOf(order, visitor.doer) === 'invited' && visitor.viewer.kind === 'supplier');
      const measured = isOthers || order.state === 'live' ? undefined : await acceptanceOf(needs, order);
      const figures = measured ?? (isOthers ? undefined : order.figures);
      const canAct = acts(visitor) && !seen.lost;
      const step = canAct ? stepOf(order, visitor.doer) : undefined;
      const mayAccept = step !== 'accept' || measured?.verdict === 'met';
      const actions = canAct ? actionsOf(order, visitor.doer, measured) : [];
      const ownQuote =
        visitor.viewer.kind === 'supplier' ? quoteOf(order, visitor.viewer.provider) : undefined;
      const telephone = order.chosen
        ? (await register.providers()).find(({ id }) => id === order.chosen)?.telephone
        : undefined;
      const done = request.query['done'];
      return shell.renderPage(reply, 'line-delivery/order.njk', {
        title: `Order ${order.number}: ${siteName}`,
        ...{
          order: seen,
          siteName,
          manages: visitor.manages,
          isPractice: visitor.viewer.kind === 'practice',
        },
        // A supplier has no business with the rest of the register.
        siteHref:
          visitor.viewer.kind === 'supplier' ? undefined : `/lines/sites/${encodeURIComponent(order.site)}`,
        ...{ state: stateName(seen), tags: tagsOf(seen, today()), next: nextOf(seen), telephone },
        facts: factsOf(seen, nameOf),
        done: typeof done === 'string' && isDeedSlug(done),
        step: mayAccept ? actions.find(({ slug }) => slug === step) : undefined,
        actions: actions.filter(({ slug }) => slug !== step && slug !== 'accept'),
        prepare: visitor.viewer.kind === 'practice' || visitor.manages ? toPrepare[order.state] : undefined,
        ...{ figures: figures && figureRows(figures), words: acceptanceWords, rule: acceptanceRule.version },
        verdict: measured ? verdictWords[measured.verdict] : undefined,
        counted: figures && `${figures.tests} tests since ${formatMoment(figures.from)}`,
        isMeasuredNow: measured !== undefined,
        benefit:
          seen.before && visitor.viewer.kind !== 'supplier'
            ? benefitRows(seen.before, seen.after)
            : undefined,
        quotes:
          visitor.viewer.kind === 'lead' || visitor.viewer.kind === 'board' ? order.quotes.length : undefined,
        ownQuote: ownQuote && {
          price: `${pounds(ownQuote.install)} once, ${pounds(ownQuote.monthly)} a month for ${ownQuote.termMonths} months`,
          ...{
            speeds: speedsText(ownQuote.speeds),
            days: ownQuote.days,
            chosen: chosenQuote(seen) !== undefined,
          },
        },
        documents: documentsOf(seen, nameOf),
        history: historyOf(seenHistory(events, visitor.viewer), nameOf),
      });
    },
  );

  app.get('/lines/orders/:id/quotes', async (request, reply) => {
    await overseerOf(needs, request);
    const { visitor, order } = await orderFor(request);
    const [{ nameOf }, siteName] = await Promise.all([names(), siteNameOf(order.site)]);
    const compared = compareQuotes(order);
    const best = (is: boolean, text: string) => (is ? { flag: text, flagColour: 'green' } : {});
    return shell.renderPage(reply, 'line-delivery/quotes.njk', {
      title: `Quotes for order ${order.number}: ${siteName}`,
      ...{ order, siteName, years: comparedMonths / 12, asked: speedsText(order.ordered) },
      head: ['Supplier', 'Over five years', 'Once', 'A month', 'Speeds', 'Days', 'Service level', 'Notes'],
      rows: compared.map(({ quote, total, isEnough, cheapest, soonest, steadiest }) => [
        {
          text: nameOf(quote.provider),
          ...(order.chosen === quote.provider ? { flag: 'Chosen', flagColour: 'blue' } : {}),
        },
        { text: pounds(total), ...best(cheapest, 'Lowest price') },
        { text: pounds(quote.install) },
        { text: pounds(quote.monthly), note: `For ${quote.termMonths} months` },
        {
          text: speedsText(quote.speeds),
          ...(isEnough ? {} : { flag: 'Slower than asked', flagColour: 'red' }),
        },
        { text: `${quote.days} days`, ...best(soonest, 'Soonest') },
        {
          text: `Mended in ${quote.fixHours} hours, ${Math.round(quote.availability * 10_000) / 100} % up`,
          ...best(steadiest, 'Best service'),
        },
        { text: quote.note || 'None' },
      ]),
      waiting: order.invited
        .filter((id) => !order.quotes.some(({ provider }) => provider === id))
        .map((id) => ({
          name: nameOf(id),
          why: order.declined.find(({ provider }) => provider === id)?.why,
        })),
      choose: visitor.manages && mayDoTo(order, 'chosen', visitor.doer),
    });
  });

  app.get<{ Params: ById & { file: string } }>(
    '/lines/orders/:id/documents/:file',
    async (request, reply) => {
      const { seen } = await orderFor(request);
      const document = seen.documents.find(({ id }) => id === request.params.file);
      if (!document) throw problem('not-found', 'There is no such document.');
      const { type, fileName } = downloadOf(document.name, document.type);
      return reply
        .header('content-type', type)
        .header('content-length', document.size)
        .header('content-disposition', contentDisposition(fileName))
        .header('x-content-type-options', 'nosniff')
        .header('cache-control', 'private, no-store')
        .send(await files.open(document.hash));
    },
  );

  /** What only the server knows is added to what was typed. */
  const whole = async (
    { order, slug, of, visitor }: Doing,
    values: Readonly<Record<string, unknown>>,
    account: string,
    key: string,
  ): Promise<Deed | readonly FieldError[]> => {
    if (slug === 'accept' || slug === 'fail') {
      const figures = await acceptanceOf(needs, order);
      if (!figures) return [{ field: 'order', text: 'Nothing has been installed that could be measured' }];
      return slug === 'accept'
        ? { kind: 'accepted', figures }
        : { kind: 'failed', figures, why: String(values['why']) };
    }
    if (slug === 'document') {
      const file = await uploads.take(account, String(values['file']), documentPurpose);
      const { name, type, size, hash } = file;
      const about = values['about'] as Extract<Deed, { kind: 'document' }>['about']; // its own choices
      return { kind: 'document', id: key, about, name, type, size, hash };
    }
    const deed = of.deedOf(values);
    if (deed.kind === 'installed' && !order.before) {
      const before = await careNow(needs, order.site);
      return before ? { ...deed, before } : deed;
    }
    if (deed.kind === 'approved') {
      const over = await overBudget(order);
      if (over !== undefined && deed.note === '')
        return [
          {
            field: 'note',
            text: `This is ${pounds(over)} over the budget of ${order.year}. Enter why it is approved all the same`,
          },
        ];
    }
    if (deed.kind === 'invited' && visitor.viewer.kind !== 'lead') throw noOrder();
    return deed;
  };

  const budgetOf = async (year: number) => {
    const [agreed, all] = await Promise.all([needs.plans.agreed(), orders.all()]);
    return spendingOf(all, agreed?.budgets ?? []).find((one) => one.year === year);
  };
  /** By how much the order would overspend its year; undefined: it does not, or there is no budget. */
  const overBudget = async (order: Order): Promise<number | undefined> => {
    const spending = await budgetOf(order.year);
    const rest = spending && left(spending);
    if (rest === undefined) return undefined;
    return oneOff(order) > rest ? oneOff(order) - rest : undefined;
  };

  const doingOf = async (request: FastifyRequest): Promise<Doing> => {
    const { visitor, order, seen } = await orderFor(request);
    const { deed } = request.params as { deed: string }; // the path has it
    if (!isDeedSlug(deed)) throw problem('not-found', 'There is no such page.');
    if (!acts(visitor))
      throw problem('forbidden', 'You can read this order. Those who manage and supply lines change it.');
    if (seen.lost) throw problem('forbidden', 'This order went to another supplier.');
    if (visitor.manages) await leadOf(needs, request);
    const { providers } = await names();
    const of = deedForm(deed, { order, doer: visitor.doer, providers, today: today() });
    const version = textField(
      'version',
      z
        .string()
        .regex(/^\d{1,9}$/, 'Open the form again: it did not say which version of the order it is for')
        .transform(Number),
    );
    // The form's own fields, and the version of the order that it was opened at.
    const ofVersion = defineForm({ fields: { version } });
    const form: Form<Fields> = {
      inputs: [...of.form.inputs, 'version'],
      typedOf: (body) => ({ ...of.form.typedOf(body), ...ofVersion.typedOf(body) }),
      parse: (body) => {
        const [own, also] = [of.form.parse(body), ofVersion.parse(body)];
        if ('errors' in own || 'errors' in also)
          return {
            errors: [
              ...('errors' in own ? own.errors : []),
              ...('errors' in also ? also.errors.map((one) => ({ ...one, field: 'order' })) : []),
            ],
          };
        return { value: { ...own.value, ...also.value } };
      },
    };
    return { visitor, order, slug: deed, of, form, siteName: await siteNameOf(order.site) };
  };

  forms.add<Fields, Doing>(app, '/lines/orders/:id/do/:deed', {
    about: doingOf,
    form: ({ form }) => form,
    files: fileFields({
      ...{ uploads, purposes: { file: documentPurpose } },
      accountOf: (request) => identityOf(request)?.account,
    }),
    initial: ({ of }) => of.initial,
    show: async (reply, { errorPrefix, ...shown }, { order, of, slug, siteName, visitor }) => {
      const isOvertaken = shown.errors.some(({ field }) => field === 'order');
      const typed = shown.typed as Readonly<Record<string, unknown>>;
      const budget = slug === 'approve' ? await budgetOf(order.year) : undefined;
      const rest = budget && left(budget);
      const cost = oneOff(order);
      return shell.renderPage(reply, 'line-delivery/deed.njk', {
        ...shown,
        ...{
          title: `${errorPrefix}${of.title}: order ${order.number}`,
          heading: of.title,
          of,
          order,
          siteName,
          slug,
        },
        possible: mayDoTo(order, of.kind, visitor.doer),
        version: isOvertaken || !typed['version'] ? order.version : typed['version'],
        isAccept: slug === 'accept' || slug === 'fail',
        isDocument: slug === 'document',
        documentPurpose,
        money:
          slug === 'approve'
            ? [
                `It costs ${pounds(cost)} once.`,
                rest === undefined
                  ? `No budget is known for ${order.year}.`
                  : rest >= cost
                    ? `After it, ${pounds(rest - cost)} of the budget of ${order.year} is left.`
                    : `The budget of ${order.year} has ${pounds(Math.max(0, rest))} left: this is over it.`,
              ]
            : [],
      });
    },
    act: async (values, doing, { key, request }) => {
      const account = identityOf(request)?.account ?? '';
      const typed = values as Readonly<Record<string, unknown>>;
      const { order, of, slug, visitor } = doing;
      try {
        const deed = await whole(doing, typed, account, key);
        if (Array.isArray(deed)) return deed as readonly FieldError[]; // a deed is no list
        await orders.act(order.id, {
          version: Number(typed['version']),
          key,
          by: visitor.doer,
          deed: deed as Deed,
        });
      } catch (error) {
        if (!(error instanceof Problem) || error.status === 404 || error.status >= 500) throw error;
        return error.faults.map(({ where, message }) => ({
          field: fieldOf(of, where),
          text: message.replace(/\.$/, ''),
        }));
      }
      if (slug === 'document') await uploads.forget(account, String(typed['file']));
      return `/lines/orders/${order.id}?done=${slug}`;
    },
  });
}

/** The input that a fault is about; the form as a whole where none is. */
function fieldOf({ inputs }: DeedForm, where: string | undefined): string {
  const input = inputs.find(({ name }) => name === where);
  if (!input) return 'order';
  return input.type === 'date' ? `${input.name}-day` : input.name;
}
