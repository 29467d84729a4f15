/**
 * The one way in which pages take forms: shown, sent, checked, shown again with what was typed and what to mend, done once
 * however often it is sent, and kept when the session has ended meanwhile. Works without script.
 */
import { hkdfSync } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { openSealer } from '../../access/accounts/sealed.ts';
import { isFreshSignInNeeded } from '../../access/accounts/sessions.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { Problem, problem } from '../../platform/problem.ts';
import { errorsForPage, type FieldError, type FormBody, formBody, formText } from '../form-fields.ts';
import type { Fields, Form, TypedOf, ValuesOf } from './define-form.ts';
import { openKeptForms } from './kept-forms.ts';
import { openReceipts } from './receipts.ts';

/** What a template shows of a form; `web/forms.njk` has `formStart(form)` for the first and `errorList` for the errors. */
export interface ShownForm<Typed> {
  readonly form: {
    /** Hidden fields: the key that makes sending it twice the same as once, and whom the page was shown to. */
    readonly key: string;
    readonly shownTo: string;
    /** What was typed was kept while its writer signed in. */
    readonly kept: boolean;
  };
  readonly typed: Typed;
  readonly errors: readonly FieldError[];
  /** By the input's id. */
  readonly error: Readonly<Record<string, string>>;
  /** Stands before the title of a page with errors: “Error: ”. */
  readonly errorPrefix: string;
}

export interface FormPage<F extends Fields, About> {
  /** Who may open it, and what it is about. Throws a Problem for others. Runs before showing and before doing. */
  readonly about: (request: FastifyRequest) => About | Promise<About>;
  /** The form; it may depend on what it is about. */
  readonly form: (about: About) => Form<F>;
  /** Makes its address take files too, without script: `fileFields` of `web/uploads`. */
  readonly files?: { readonly accept: (scope: FastifyInstance) => void };
  /** What the fields hold at first, where they are not empty. */
  readonly initial?: (about: About) => Partial<TypedOf<F>>;
  /** Sends the page. Its status is set already. */
  readonly show: (
    reply: FastifyReply,
    shown: ShownForm<TypedOf<F>>,
    about: About,
  ) => FastifyReply | Promise<FastifyReply>;
  /**
   * Does what was asked and answers where to go on to, or what only doing it could tell is wrong. `key` (UUID) is that of
   * the form: ids made from it make the work harmless twice.
   */
  readonly act: (
    values: ValuesOf<F>,
    about: About,
    sent: { readonly key: string; readonly request: FastifyRequest },
  ) => Promise<string | readonly FieldError[]>;
}

export interface Forms {
  /** Adds the page that shows a form and the address that takes it, which is the same. */
  readonly add: <F extends Fields, About>(
    app: FastifyInstance,
    path: string,
    page: FormPage<F, About>,
  ) => void;
  /** Drops what is too old to be needed. */
  readonly clear: () => Promise<void>;
}

export interface FormsNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  /** Those of SECRETS_KEY, newest first. */
  readonly secrets: readonly Uint8Array[];
  /** Address that people reach the server by. */
  readonly baseUrl: string;
  /** Account of whoever is signed in. */
  readonly accountOf: (request: FastifyRequest) => string | undefined;
}

const keyField = 'form';
const shownToField = 'form-for';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Never kept, whatever form they stand in. */
const secretField = /password|passcode|secret|token|\bpin\b/i;

const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '/';

export function openForms({ database, clock, secrets, baseUrl, accountOf }: FormsNeeds): Forms {
  // A key of its own, so that what seals accounts opens no form and the other way round.
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'throughline forms', 32)),
  );
  const newKey = uuidv7(clock);
  const sealer = openSealer(keys);
  const kept = openKeptForms({ database, clock, sealer, https: baseUrl.startsWith('https:') });
  // The oldest key: receipts written before a new one was put in front stay good.
  const receipts = openReceipts({ database, clock, secret: keys.at(-1) ?? new Uint8Array() });
  /** Without an account (a system's token, a demonstration for one machine) a form is still done once. */
  const senderOf = (request: FastifyRequest): string => accountOf(request) ?? 'none';

  /** Keeps what was typed, where the page was ours and shown to someone, and sends its writer to sign in. */
  const keepAndSignIn = async (
    request: FastifyRequest,
    reply: FastifyReply,
    why: Problem,
  ): Promise<FastifyReply> => {
    const path = pathOf(request);
    const body = formBody(request.body);
    const account = kept.readShownTo(formText(body, shownToField), path);
    const isPage = /\btext\/html\b/.test(request.headers.accept ?? '');
    const here = accountOf(request);
    if (!isPage || account === undefined || (here !== undefined && here !== account)) throw why;
    const cookie = await kept.keep(request.headers.cookie, account, path, textsOf(body));
    if (cookie === undefined) throw why;
    const again = isFreshSignInNeeded(why) ? '&again=yes' : '';
    return reply
      .header('set-cookie', cookie)
      .redirect(`/sign-in?return=${encodeURIComponent(path)}${again}&kept=yes`, 303);
  };

  return {
    add(server, path, page) {
      const shown = <Typed>(
        request: FastifyRequest,
        typed: Typed,
        errors: readonly FieldError[],
        { key, isKept = false }: { readonly key?: string; readonly isKept?: boolean } = {},
      ): ShownForm<Typed> => ({
        form: {
          key: key ?? newKey(),
          shownTo: kept.shownTo(senderOf(request), pathOf(request)),
          kept: isKept,
        },
        typed,
        ...errorsForPage(errors),
        errorPrefix: errors.length > 0 ? 'Error: ' : '',
      });

      const addTo = (app: FastifyInstance): void => {
        app.get(path, async (request, reply) => {
          const about = await page.about(request);
          const form = page.form(about);
          const body = await kept.find(request.headers.cookie, senderOf(request), pathOf(request));
          const typed = { ...form.typedOf(body ?? {}), ...(body ? {} : page.initial?.(about)) };
          return page.show(reply, shown(request, typed, [], { isKept: body !== undefined }), about);
        });

        app.post(path, async (request, reply) => {
          const about = await Promise.resolve()
            .then(() => page.about(request))
            .catch((error: unknown) => {
              if (!(error instanceof Problem) || error.status !== 401) throw error;
              return error;
            });
          if (about instanceof Problem) return keepAndSignIn(request, reply, about);
          const body = formBody(request.body);
          const address = pathOf(request);
          const writer = kept.readShownTo(formText(body, shownToField), address);
          if (writer !== undefined && writer !== senderOf(request))
            throw problem(
              'forbidden',
              'This form was opened by someone else who used this browser, so it was not sent. Open it again.',
            );
          const form = page.form(about);
          const typed = form.typedOf(body);
          const given = formText(body, keyField).toLowerCase();
          const key = uuid.test(given) ? given : newKey();
          const again = (errors: readonly FieldError[], nextKey: string) =>
            page.show(reply.code(422), shown(request, typed, errors, { key: nextKey }), about);
          const parsed = form.parse(body);
          if ('errors' in parsed) return again(parsed.errors, key);

          let errors: readonly FieldError[] = [];
          const account = senderOf(request);
          const sent = { account, form: address, key, content: JSON.stringify([typed]) };
          const receipt = await receipts.once(sent, async () => {
            const answer = await page.act(parsed.value, about, { key, request });
            if (typeof answer === 'string') return answer;
            errors = answer;
            return undefined;
          });
          if (receipt?.state === 'different')
            return again([{ field: form.inputs[0] ?? '', text: sentBefore }], newKey());
          if (!receipt) return again(errors, key);
          await kept.forget(request.headers.cookie, account, address);
          return reply.redirect(receipt.result, 303);
        });
      };
      const { files } = page;
      if (!files) addTo(server);
      else
        void server.register(async (scope) => {
          files.accept(scope);
          addTo(scope);
        });
    },
    clear: async () => {
      await receipts.clear();
      await kept.clear();
    },
  };
}

const sentBefore =
  'You have sent this form already, with other answers. Check it, and send it again only if you want to send a second one';

/** What was typed: texts alone, without our own fields and without secrets. */
const textsOf = (body: FormBody): FormBody =>
  Object.fromEntries(
    Object.entries(body).filter(
      ([name, value]) =>
        name !== keyField &&
        name !== shownToField &&
        !secretField.test(name) &&
        (typeof value === 'string' || Array.isArray(value)),
    ),
  );
