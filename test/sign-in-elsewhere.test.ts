import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Identity } from '../src/access/identity.ts';
import { type ElsewhereApp, elsewhereApp } from './support/elsewhere-app.ts';
import { elsewhereRecord, outsidePeople, outsideStaff, signInAs } from './support/elsewhere-people.ts';
import { type Visitor, visitor } from './support/http-visitor.ts';
import { putAll } from './support/pages-app.ts';

let app: ElsewhereApp;
const endings: (() => Promise<void>)[] = [];
before(async () => {
  const ending = { after: (work: () => Promise<void>) => void endings.push(work) };
  app = await elsewhereApp(ending, { people: outsidePeople, staff: outsideStaff });
  await putAll(app.record, elsewhereRecord);
});
after(async () => {
  for (const end of endings) await end();
});

const nhsLogin = (more = '') => `${app.baseUrl}/sign-in/nhs-login${more}`;
const careIdentity = () => `${app.baseUrl}/sign-in/care-identity`;
const who = async (browser: Visitor) =>
  JSON.parse((await browser.get(`${app.baseUrl}/who`)).body) as Partial<Identity> & Record<string, unknown>;
const lastEvent = () => app.events.at(-1);

/** What the letter that a receptionist makes says. */
async function letterFor(patient: string) {
  const { browser } = await signInAs(careIdentity(), '555036632103');
  const address = `${app.baseUrl}/people/${patient}/linkage-details`;
  const offer = await browser.get(address);
  const letter = await browser.post(address, {});
  const value = (name: string) =>
    new RegExp(`${name}\\s*</dt>\\s*<dd[^>]*>\\s*([^<]+?)\\s*</dd>`).exec(letter.body)?.[1] ?? '';
  return {
    ...{ offer, letter },
    details: {
      'account-id': value('Account ID'),
      'linkage-key': value('Linkage key'),
      'ods-code': value('ODS code'),
    },
  };
}

test('someone proved to P9 is linked to the Patient with their number, name and birth date, and comes back where they were', async () => {
  const seen = await signInAs(nhsLogin('?return=/my-page'), 'rosa');
  assert.equal(seen.url.pathname, '/my-page');
  const identity = await who(seen.browser);
  assert.equal(identity.kind, 'person');
  assert.equal(identity['patient'], 'rosa');
  assert.equal(identity['proofing'], 'P9');
  assert.equal(identity.method, 'nhs-login');
  assert.equal(identity.name, 'Test O’Brien');
  assert.deepEqual(
    app.events.slice(-2).map(({ kind, outcome, patient }) => ({ kind, outcome, patient })),
    [
      { kind: 'account-changed', outcome: 'success', patient: 'rosa' },
      { kind: 'sign-in', outcome: 'success', patient: 'rosa' },
    ],
  );
});

test('the request to NHS login asks for vectors of trust and PKCE, and shows who we are by a JWT signed with RS512', async () => {
  await signInAs(nhsLogin(), 'rosa');
  const { authorize, token } = app.nhsLogin.seen;
  assert.deepEqual(JSON.parse(authorize?.get('vtr') ?? ''), [
    'P5.Cp.Cd',
    'P5.Cp.Ck',
    'P5.Cm',
    'P9.Cp.Cd',
    'P9.Cp.Ck',
    'P9.Cm',
  ]);
  assert.equal(authorize?.get('code_challenge_method'), 'S256');
  assert.ok((authorize?.get('state')?.length ?? 0) >= 43);
  assert.ok((authorize?.get('nonce')?.length ?? 0) >= 43);
  const assertion = token?.get('client_assertion') ?? '';
  const [header, claims] = assertion
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  assert.equal(header?.['alg'], 'RS512');
  assert.equal(header?.['kid'], 'client');
  assert.equal(claims?.['aud'], `${app.nhsLogin.issuer}/token`);
});

test('the same person comes back to the same account, linked once', async () => {
  const first = await who((await signInAs(nhsLogin(), 'rosa')).browser);
  const events = app.events.length;
  const second = await who((await signInAs(nhsLogin(), 'rosa')).browser);
  assert.equal(second.account, first.account);
  assert.notEqual(second.session, first.session);
  assert.deepEqual(
    app.events.slice(events).map((event) => event.kind),
    ['sign-in'],
  );
});

for (const [user, why] of [
  ['twice', 'two people of the record have their number'],
  ['other-name', 'the record has another name'],
  ['unknown', 'the record does not have their number'],
] as const)
  test(`someone proved to P9 is signed in but not linked where ${why}, and told what to do`, async () => {
    const seen = await signInAs(nhsLogin(), user);
    assert.equal(seen.url.pathname, '/account/link/no-match');
    assert.match(seen.body, /We could not match you to a record/);
    assert.match(seen.body, /contact your GP surgery/);
    assert.equal((await who(seen.browser))['patient'], undefined);
    assert.deepEqual([app.events.at(-2)?.kind, app.events.at(-2)?.outcome], ['account-changed', 'failure']);
  });

test('someone at P5 links by the letter of their practice, once', async () => {
  const seen = await signInAs(nhsLogin('?return=/my-page'), 'stefan');
  assert.equal(seen.url.pathname, '/account/link');
  assert.match(seen.body, /Prove who you are with NHS login/);
  const before = await who(seen.browser);
  assert.equal(before['proofing'], 'P5');
  assert.equal(before['patient'], undefined);

  const { offer, letter, details } = await letterFor('stefan');
  assert.match(offer.body, /check the person’s identity/);
  assert.equal(letter.status, 200);
  assert.match(details['account-id'], /^\d{4} \d{3} \d{3}$/);
  assert.match(details['linkage-key'], /^([2-9B-DF-HJ-NP-TV-Z]{4}-){3}[2-9B-DF-HJ-NP-TV-Z]{4}$/);
  assert.equal(details['ods-code'], 'A81001');
  assert.equal(lastEvent()?.patient, 'stefan');
  const kept = JSON.stringify(await app.database.pool`select * from linkage_key`);
  assert.ok(
    !kept.includes(details['linkage-key']) && !kept.includes(details['linkage-key'].replaceAll('-', '')),
  );

  const typed = { ...details, 'born-day': '31', 'born-month': '1', 'born-year': '1990', return: '/my-page' };
  const linked = await seen.browser.post(`${app.baseUrl}/account/link`, {
    ...typed,
    'linkage-key': typed['linkage-key'].toLowerCase().replaceAll('-', ' '),
  });
  assert.match(linked.body, /You are connected to your record/);
  assert.match(linked.body, /href="\/my-page"/);
  const after = await who(seen.browser);
  assert.equal(after['patient'], 'stefan');
  assert.equal(after['proofing'], 'P9');

  // Someone else who finds the letter, even with the right birth date.
  const finder = await signInAs(nhsLogin(), 'priya');
  const again = await finder.browser.post(`${app.baseUrl}/account/link`, typed);
  assert.equal(again.status, 422);
  assert.match(again.body, /These details do not match/);
  assert.equal((await who(finder.browser))['patient'], undefined);
});

test('a letter for someone else links nobody whom NHS login knows by another number', async () => {
  const { browser } = await signInAs(nhsLogin(), 'priya');
  const { details } = await letterFor('other-name');
  const seen = await browser.post(`${app.baseUrl}/account/link`, {
    ...details,
    'born-day': '2',
    'born-month': '2',
    'born-year': '1975',
  });
  assert.equal(seen.status, 422);
  assert.equal((await who(browser))['patient'], undefined);
});

test('what was typed stays, and each field says what is wrong with it', async () => {
  const { browser } = await signInAs(nhsLogin(), 'unknown');
  const seen = await browser.post(`${app.baseUrl}/account/link`, {
    ...{
      'account-id': '12',
      'linkage-key': 'H7KM',
      'ods-code': '',
      'born-day': '31',
      'born-month': '2',
      'born-year': '1990',
    },
  });
  assert.equal(seen.status, 422);
  for (const words of [
    'Account ID must be 10 digits',
    'Linkage key must be 16 letters and numbers',
    'Enter your surgery’s ODS code',
    'Date of birth must be a real date',
    'value="H7KM"',
    '<title>Error: ',
  ])
    assert.ok(seen.body.includes(words), words);
});

test('after five wrong tries an account must wait a day, whichever key it tries', async () => {
  const { browser } = await signInAs(nhsLogin(), 'unknown');
  const address = `${app.baseUrl}/account/link`;
  const wrong = {
    ...{ 'account-id': '1234567890', 'linkage-key': 'BBBB-BBBB-BBBB-BBBB', 'ods-code': 'A81001' },
    ...{ 'born-day': '2', 'born-month': '2', 'born-year': '1975' },
  };
  for (const left of ['4 more times', '3 more times', '2 more times', 'once more']) {
    const seen = await browser.post(address, wrong);
    assert.equal(seen.status, 422);
    assert.ok(seen.body.includes(left), left);
  }
  for (let n = 0; n < 2; n += 1) {
    const seen = await browser.post(address, wrong);
    assert.match(seen.body, /You have tried too many times/);
  }
  assert.equal(lastEvent()?.note, 'Not linked by linkage details: too many tries');
  assert.equal((await browser.get(address)).url.pathname, '/account/link/no-match');
});

test('a key that was tried wrongly five times is of no more use, and a newer letter replaces an older one', async () => {
  const { details: old } = await letterFor('priya');
  const { details } = await letterFor('priya');
  const { browser } = await signInAs(nhsLogin(), 'priya');
  const born = { 'born-day': '20', 'born-month': '11', 'born-year': '1988' };
  const { account = '' } = await who(browser);
  const address = `${app.baseUrl}/account/link`;
  assert.equal((await browser.post(address, { ...old, ...born })).status, 422);
  for (let n = 0; n < 5; n += 1) {
    await app.database.pool`delete from linkage_attempt where account = ${account}`;
    await browser.post(address, { ...details, ...born, 'linkage-key': 'BBBB-BBBB-BBBB-BBBB' });
  }
  await app.database.pool`delete from linkage_attempt where account = ${account}`;
  assert.equal((await browser.post(address, { ...details, ...born })).status, 422);
  const { details: fresh } = await letterFor('priya');
  await browser.post(address, { ...fresh, ...born });
  assert.equal((await who(browser))['patient'], 'priya');
});

test('someone with a password alone (P0) is signed in, sees no record, and may not use a letter before a second factor', async () => {
  const seen = await signInAs(nhsLogin('?proofing=P0'), 'basic');
  assert.equal(seen.url.pathname, '/account/link');
  assert.match(seen.body, /You have signed in with a password only/);
  const identity = await who(seen.browser);
  assert.equal(identity['proofing'], 'P0');
  const refused = await seen.browser.post(`${app.baseUrl}/account/link`, {
    ...{ 'account-id': '1234567890', 'linkage-key': 'BBBB-BBBB-BBBB-BBBB', 'ods-code': 'A81001' },
    ...{ 'born-day': '2', 'born-month': '2', 'born-year': '1975' },
  });
  assert.equal(refused.status, 403);
});

test('a linked person who comes with a password alone is asked for more before they are signed in', async () => {
  await signInAs(nhsLogin(), 'rosa');
  const seen = await signInAs(nhsLogin('?proofing=P0&return=/my-page'), 'rosa');
  // Already signed in at the provider, so the second request comes back by itself.
  assert.equal(seen.url.pathname, '/my-page');
  assert.equal(seen.way.filter((address) => address.includes('/callback?')).length, 2);
  assert.match(app.nhsLogin.seen.authorize?.get('vtr') ?? '', /P5\.Cp\.Cd/);
});

test('a session at the provider signs in again, but as long ago as it began; who is signed in must show again who they are', async () => {
  const { browser } = await signInAs(nhsLogin(), 'rosa');
  const first = await who(browser);
  // Signed in: the provider asks again, whatever session it has.
  const again = await signInAs(nhsLogin(), 'rosa', { browser });
  assert.equal(app.nhsLogin.seen.authorize?.get('prompt'), 'login');
  assert.equal(again.url.pathname, '/');
  // Signed out here alone: the provider lets them in by itself, with the time of before.
  await browser.post(`${app.baseUrl}/sign-out`, {});
  app.nhsLogin.tamper = {
    claims: (claims) => ({ ...claims, auth_time: Math.floor(Date.now() / 1000) - 3000 }),
  };
  assert.equal((await browser.get(nhsLogin('?return=/my-page'))).url.pathname, '/my-page');
  const silent = await who(browser);
  assert.ok(Number(first.authenticatedAt) - Number(silent.authenticatedAt) > 2_900_000);
});

test('someone who does not share their details reads what to do, and it is in the audit log', async () => {
  const seen = await signInAs(nhsLogin(), 'rosa', { share: 'no' });
  assert.equal(seen.status, 403);
  assert.match(seen.body, /You did not share your NHS login details/);
  assert.match(seen.body, /href="\/sign-in"/);
  assert.equal(lastEvent()?.kind, 'sign-in-failed');
  assert.deepEqual(await who(seen.browser), {});
});

test('a provider that does not answer is said to, with other ways to sign in, and works again afterwards', async (t) => {
  const own = await elsewhereApp(t, { people: outsidePeople });
  await putAll(own.record, elsewhereRecord);
  own.nhsLogin.pause();
  const seen = await visitor().get(`${own.baseUrl}/sign-in/nhs-login`);
  assert.equal(seen.status, 503);
  assert.match(seen.body, /Sorry, NHS login is not working/);
  assert.match(seen.body, /Sign in another way/);
  own.nhsLogin.resume();
  const later = await signInAs(`${own.baseUrl}/sign-in/nhs-login?return=/my-page`, 'rosa');
  assert.equal(later.url.pathname, '/my-page');
});

test('a member of staff with one role is signed in to it, at the organisation of its ODS code', async () => {
  const { browser } = await signInAs(careIdentity(), '555036632103');
  const identity = await who(browser);
  assert.equal(identity.kind, 'staff');
  assert.equal(identity['user'], 'Practitioner/asha');
  assert.deepEqual(identity['post'], {
    ...{
      role: 'receptionist',
      organisation: 'Organization/practice',
      organisationKinds: ['general-practice'],
    },
    parties: ['Organization/practice', 'Practitioner/asha'],
  });
  assert.match(app.careIdentity.seen.authorize?.get('acr_values') ?? '', /AAL2_OR_AAL3_ANY/);
});

test('a member of staff with several roles chooses one; each is as wide as its organisation makes it', async () => {
  const { browser, url } = await signInAs(careIdentity(), '555036632104');
  assert.equal(url.pathname, '/sign-in/post');
  assert.deepEqual(await who(browser), {});
  const account = await app.accounts.findAccountByOutside(app.careIdentity.issuer, '555036632104');
  const posts = await app.accounts.postsOf(account?.id ?? '');
  assert.deepEqual(
    posts
      .map(({ role, organisation, parties }) => ({ role, organisation, parties }))
      .sort((a, b) => b.role.localeCompare(a.role)),
    [
      {
        ...{ role: 'gp', organisation: 'Organization/practice' },
        parties: ['Organization/practice', 'Practitioner/ben'],
      },
      {
        ...{ role: 'consultant', organisation: 'Organization/hospital' },
        parties: ['Organization/hospital', 'Practitioner/ben', 'PractitionerRole/ben-ward', 'Location/ward'],
      },
    ],
  );
});

test('the role that is chosen is the one that they work in', async () => {
  const { browser, body } = await signInAs(`${careIdentity()}?return=/my-page`, '555036632104');
  const [, post = ''] = /value="([^"]+)">consultant/.exec(body) ?? [];
  const seen = await browser.post(`${app.baseUrl}/sign-in/post`, { post });
  assert.equal(seen.url.pathname, '/my-page');
  assert.equal(((await who(browser)) as { post?: { role: string } }).post?.role, 'consultant');
});

test('a role that Care Identity no longer names ends here at the next sign-in', async () => {
  const user = app.careIdentity.users.get('555036632104')!;
  const roles = user.claims['nhsid_nrbac_roles'] as unknown[];
  app.careIdentity.users.set(user.sub, {
    ...user,
    claims: { ...user.claims, nhsid_nrbac_roles: roles.slice(1) },
  });
  const { browser } = await signInAs(careIdentity(), user.sub);
  assert.equal(((await who(browser)) as { post?: { role: string } }).post?.role, 'consultant');
  app.careIdentity.users.set(user.sub, user);
});

for (const [user, words] of [
  ['555036632105', /You do not have a role in this service/],
  ['555036632106', /You have not been added to this service/],
  ['555036632107', /You need to prove who you are/],
] as const)
  test(`staff whom the service cannot place read why: ${words.source}`, async () => {
    const { browser, status, body } = await signInAs(careIdentity(), user);
    assert.equal(status, 403);
    assert.match(body, words);
    assert.deepEqual(await who(browser), {});
    assert.equal(lastEvent()?.kind, 'sign-in-failed');
  });

test('linkage details are given by receptionists of the person’s own practice alone', async () => {
  const { browser } = await signInAs(careIdentity(), '555036632103');
  const elsewhere = await browser.post(`${app.baseUrl}/people/elsewhere/linkage-details`, {});
  assert.equal(elsewhere.status, 422);
  assert.match(elsewhere.body, /Only the practice where a person is registered/);
  assert.equal((await visitor().post(`${app.baseUrl}/people/rosa/linkage-details`, {})).status, 401);
  const patient = await signInAs(nhsLogin(), 'rosa');
  const refused = await patient.browser.post(`${app.baseUrl}/people/rosa/linkage-details`, {});
  assert.equal(refused.status, 403);
});

test('signing out leads on to the provider, whose own session ends there, and its token ends what is left here', async () => {
  const { browser } = await signInAs(nhsLogin(), 'rosa');
  const page = await browser.post(`${app.baseUrl}/sign-out`, {});
  assert.match(page.body, /You are still signed in to NHS login/);
  assert.deepEqual(await who(browser), {});
  const link = /href="(http:[^"]+\/session\/end[^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const url = new URL(link);
  assert.equal(url.origin, app.nhsLogin.issuer);
  assert.ok(url.searchParams.get('id_token_hint'));
  const confirm = await browser.get(link);
  assert.equal(confirm.status, 200);
});
