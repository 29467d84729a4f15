/** Apps of the whole product: registered by its administrator, agreed to by people, as both do it in a browser. */
import { authorizeUrl, redirect, verifier } from './smart-app.ts';
import { type Answered, type BrowserOf, publicAddress, type WholeProduct } from './whole-product.ts';

/** Registers an app in a browser, or a system. Answers its id. */
export async function registerApp(
  product: WholeProduct,
  fields: Readonly<Record<string, string>>,
): Promise<string> {
  const administrator = product.browser();
  await administrator.become('Alex Moore');
  const form = { type: 'browser', redirects: redirect, ...fields };
  const answer = await administrator.post('/api-clients/new', form);
  const id = /\/api-clients\/([^/]+)$/.exec(answer.headers.get('location') ?? '')?.[1];
  if (id === undefined) throw new Error(`The app was not registered: ${answer.status} ${answer.text}`);
  return id;
}

/** What an app is given: a code of whoever is signed in with the browser, who agrees. */
export async function codeFor(browser: BrowserOf, client: string, scope: string, find = ''): Promise<string> {
  const asked = await browser.get(authorizeUrl(publicAddress, client, { scope }));
  const page = asked.headers.get('location') ?? '';
  const shown = await browser.get(find === '' ? page : `${page}?find=${encodeURIComponent(find)}`);
  const patient = /name="patient"[^>]*value="([^"]+)"/.exec(shown.text)?.[1];
  const answered = await browser.post(page, {
    answer: 'allow',
    ...(patient === undefined ? {} : { patient }),
  });
  const back = await browser.get(answered.headers.get('location') ?? '/nowhere');
  const code = URL.parse(back.headers.get('location') ?? '')?.searchParams.get('code');
  if (!code) throw new Error(`No code was given: ${shown.status}, ${answered.status}, ${back.status}`);
  return code;
}

export const exchange = (
  product: WholeProduct,
  client: string,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answered> =>
  product.ask('/oauth/token', {
    method: 'POST',
    headers,
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', code, client_id: client },
      ...{ redirect_uri: redirect, code_verifier: verifier },
    }),
  });

/** An access token for whoever is signed in with the browser. */
export async function tokenFor(
  product: WholeProduct,
  browser: BrowserOf,
  client: string,
  scope: string,
  find = '',
): Promise<string> {
  const answer = await exchange(product, client, await codeFor(browser, client, scope, find));
  const token: unknown = JSON.parse(answer.text).access_token;
  if (typeof token !== 'string') throw new Error(`No token was given: ${answer.status} ${answer.text}`);
  return token;
}
