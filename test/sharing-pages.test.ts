import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Consent } from '@medplum/fhirtypes';
import type { Actor } from '../src/record/actor.ts';
import { resourceOf } from '../src/record/care-record.ts';
import type { Ending } from './support/ending.ts';
import { tester } from './support/record.ts';
import { type SharingApp, sharingApp, sharingNow } from './support/sharing-app.ts';

describe('pages of sharing, proxies and emergency access', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let app: SharingApp;
  before(async () => {
    app = await sharingApp(ending);
  });
  after(async () => {
    await app?.server.close();
    for (const work of endings.reverse()) await work();
  });

  const get = async (as: string, url: string) => {
    const answer = await app.server.app.inject({ url, headers: { 'x-test-person': as } });
    return { status: answer.statusCode, text: answer.body, to: answer.headers.location };
  };
  const post = async (as: string, url: string, fields: Readonly<Record<string, string | string[]>> = {}) => {
    const payload = new URLSearchParams(
      Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one])),
    ).toString();
    const answer = await app.server.app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'x-test-person': as, 'content-type': 'application/x-www-form-urlencoded' },
    });
    return { status: answer.statusCode, text: answer.body, to: answer.headers.location };
  };
  const formOf = (text: string): string => /name="form" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const consents = async (patient: string, status = 'active') =>
    (await app.record.search(tester, 'Consent', `patient=Patient/${patient}&status=${status}`)).matches.map(
      (stored) => resourceOf<Consent>(stored),
    );

  /** The conditions that staff of the hospital see. */
  const hospitalSees = async (): Promise<string[]> => {
    const actor: Actor = {
      ...tester,
      sight: {
        grants: [
          {
            types: ['Condition'],
            writes: [],
            of: { kind: 'persons', ids: ['margaret'] },
            withheld: [],
            consent: { parties: ['Organization/hospital', 'kind:hospital'], use: 'care' },
          },
        ],
      },
    };
    const { matches } = await app.record.search(actor, 'Condition', '_sort=_id');
    return matches.map(({ id }) => id);
  };

  it('turn sharing with an organisation off and on, at once, once however often the form is sent', async () => {
    assert.deepEqual(await hospitalSees(), ['ckd', 'gout']);
    const before = app.events.length;
    const address = '/sharing/organisations/hospital';
    assert.match((await get('margaret', address)).text, /Leeds Infirmary/);
    const sent = await Promise.all([1, 2, 3].map(() => post('margaret', address, { answer: 'keep' })));
    assert.deepEqual(
      sent.map(({ status, to }) => [status, to]),
      [1, 2, 3].map(() => [303, '/sharing?done=choice']),
    );
    assert.equal((await consents('margaret')).length, 1);
    assert.deepEqual(await hospitalSees(), []);
    assert.match((await get('margaret', '/sharing')).text, /Not shared/);
    await post('margaret', address, { answer: 'share' });
    assert.equal((await consents('margaret')).length, 0);
    assert.equal((await consents('margaret', 'inactive')).length, 1);
    assert.deepEqual(await hospitalSees(), ['ckd', 'gout']);
    assert.deepEqual(
      app.events.slice(before).map(({ kind, patient, note }) => [kind, patient, note]),
      [
        ['consent-changed', 'margaret', 'Sharing turned off: Leeds Infirmary'],
        ['consent-changed', 'margaret', 'Sharing turned on: Leeds Infirmary'],
      ],
    );
  });

  it('turn sharing with a kind of organisation off, and keep one entry back from all but the practice', async () => {
    await post('margaret', '/sharing/kinds/hospital', { answer: 'keep' });
    assert.deepEqual(await hospitalSees(), []);
    await post('margaret', '/sharing/kinds/hospital', { answer: 'share' });
    await post('margaret', '/sharing/items/Condition/gout', { answer: 'practice' });
    assert.deepEqual(await hospitalSees(), ['ckd']);
    const [kept] = await consents('margaret');
    assert.equal(kept?.provision?.provision?.[0]?.actor?.[0]?.reference?.reference, 'Organization/practice');
    const page = await get('margaret', '/sharing');
    assert.match(page.text, /Gout &lt;b&gt;of the big toe/);
    assert.match(page.text, /Only my GP surgery/);
    await post('margaret', '/sharing/items/Condition/gout', { answer: 'keep' }); // the same choice, made stricter
    const [stricter, ...more] = await consents('margaret');
    assert.deepEqual([stricter?.id, stricter?.provision?.provision, more.length], [kept?.id, undefined, 0]);
    await post('margaret', '/sharing/items/Condition/gout', { answer: 'share' });
    assert.deepEqual(await hospitalSees(), ['ckd', 'gout']);
  });

  it('make the national data opt-out and take it back', async () => {
    await post('margaret', '/sharing/research', { answer: 'keep' });
    const [opted] = await consents('margaret');
    assert.equal(opted?.scope.coding?.[0]?.code, 'research');
    assert.match((await get('margaret', '/sharing')).text, /cannot be used for research/);
    await post('margaret', '/sharing/research', { answer: 'share' });
    assert.deepEqual(await consents('margaret'), []);
  });

  it('make choices about the signed-in person’s own record alone', async () => {
    const before = app.events.length;
    assert.equal((await get('margaret', '/sharing/items/Condition/secret')).status, 404);
    assert.equal((await post('margaret', '/sharing/items/Condition/secret', { answer: 'keep' })).status, 404);
    assert.equal((await post('margaret', '/sharing/kinds/nothing', { answer: 'keep' })).status, 404);
    assert.equal((await post('margaret', '/sharing/categories/toString', { answer: 'keep' })).status, 404);
    assert.equal((await post('margaret', '/sharing/items/Consent/x', { answer: 'keep' })).status, 404);
    await post('mallory', '/sharing/research', { answer: 'keep', patient: 'margaret' });
    assert.deepEqual(await consents('margaret'), []);
    assert.equal((await consents('mallory')).length, 1);
    assert.equal(app.events.length - before, 1);
    for (const [as, status] of [
      ['consultant', 403],
      ['unlinked', 403],
      ['nobody', 401],
      ['stale', 401],
    ] as const)
      assert.equal((await post(as, '/sharing/research', { answer: 'keep' })).status, status, as);
  });

  it('say what is wrong when no answer was chosen', async () => {
    const { status, text } = await post('margaret', '/sharing/research', { answer: 'perhaps' });
    assert.equal(status, 422);
    assert.match(text, /<title>Error: Can your record/);
    assert.match(text, /href="#answer">\s*Select yes if/);
  });

  const asked = async (as: string, changes: Readonly<Record<string, string | string[]>> = {}) => {
    const form = formOf((await get(as, '/acting-for/ask')).text);
    return post(as, '/acting-for/ask', {
      form,
      'person-name': 'Sam Ashworth',
      'nhs-number': '999 000 0034',
      'born-day': '1',
      'born-month': '5',
      'born-year': '2018',
      relationship: 'parent',
      scope: ['record', 'appointments'],
      evidence: 'Birth certificate',
      ...changes,
    });
  };
  const approval = {
    scope: ['appointments'],
    basis: 'parental-responsibility',
    'until-day': '31',
    'until-month': '12',
    'until-year': '2027',
    checked: 'Birth certificate seen',
  };

  it('take a request from a parent to the practice, and its decision back', async () => {
    assert.equal((await asked('ruth')).to, '/acting-for?done=asked');
    assert.match((await get('ruth', '/acting-for')).text, /Waiting for an answer/);
    const list = await get('manager', '/proxy-requests');
    const address = /href="(\/proxy-requests\/[0-9a-f-]+)"/.exec(list.text)?.[1] ?? '';
    assert.match(list.text, /Ruth Ashworth/);
    assert.equal((await get('othermanager', address)).status, 404);
    assert.doesNotMatch((await get('othermanager', '/proxy-requests')).text, /Ruth/);
    assert.equal((await post('othermanager', `${address}/approve`, approval)).status, 404);
    assert.equal((await get('receptionist', '/proxy-requests')).status, 403);
    assert.equal((await get('ruth', '/proxy-requests')).status, 403);

    const wrong = await post('manager', `${address}/approve`, {
      checked: 'Seen <i>it</i>',
      scope: 'messages',
    });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /href="#scope"[\s\S]*href="#basis"[\s\S]*href="#until-day"/);
    assert.match(wrong.text, /Seen &lt;i&gt;it/); // what was typed stays
    const late = await post('manager', `${address}/approve`, { ...approval, 'until-year': '2032' });
    assert.match(late.text, /at most 5 years/);

    assert.equal((await post('manager', `${address}/approve`, approval)).to, '/proxy-requests?done=approved');
    const again = await post('manager', `${address}/approve`, approval);
    assert.equal(again.to, `${address}?already=yes`);
    assert.match((await get('manager', again.to ?? '')).text, /decided or ended already/);
    const mine = await get('ruth', '/acting-for');
    assert.match(mine.text, /Until 31 December 2027/);
    assert.doesNotMatch(mine.text, /\/people\/sam/); // the record was not agreed to

    const id = address.split('/')[2];
    assert.equal((await post('mallory', `/acting-for/${id}/end`)).status, 404);
    assert.equal((await post('mallory', `/sharing/people/${id}/end`)).status, 404);
    assert.equal((await post('ruth', `/acting-for/${id}/end`)).to, '/acting-for?done=ended');
    assert.equal((await post('ruth', `/acting-for/${id}/end`)).to, '/acting-for');
  });

  it('keep what was typed in a request, and say what is wrong with each field', async () => {
    const wrong = await asked('ruth', {
      'person-name': '',
      'nhs-number': '9990000035',
      'born-day': '31',
      'born-month': '2',
      relationship: 'x',
      scope: [],
      evidence: '',
    });
    assert.equal(wrong.status, 422);
    for (const field of ['person-name', 'nhs-number', 'born-day', 'relationship', 'scope', 'evidence']) {
      assert.match(wrong.text, new RegExp(`href="#${field}"`));
      assert.match(wrong.text, new RegExp(`id="${field}"`));
    }
    assert.match(wrong.text, /value="9990000035"/);
    assert.equal((await get('unproved', '/acting-for/ask')).status, 403);
    assert.equal((await post('unproved', '/acting-for/ask')).status, 403);
  });

  it('answer a request for someone unknown as one for someone known', async () => {
    const unknown = await asked('mallory', { 'nhs-number': '9449304130' });
    const known = await asked('mallory');
    assert.deepEqual([unknown.status, unknown.to], [known.status, known.to]);
    const text = (await get('mallory', '/acting-for')).text;
    const rows = [...text.matchAll(/<span class="tl-facts__what">[\s\S]*?<\/span><\/span>/g)].map(
      ([row]) => row,
    );
    assert.equal(rows.length, 2);
    assert.equal(rows[0], rows[1]);
  });

  it('let the person end it for someone who acts for them', async () => {
    await asked('ruth', {
      'person-name': 'Margaret',
      'nhs-number': '9990000018',
      'born-day': '8',
      'born-month': '3',
      'born-year': '1952',
      relationship: 'carer',
    });
    const list = (await get('manager', '/proxy-requests')).text;
    const address =
      /href="(\/proxy-requests\/[0-9a-f-]+)"><bdi>Ruth Ashworth<\/bdi> for <bdi>ASHWORTH, margaret/.exec(
        list,
      )?.[1];
    const agreed = { ...approval, scope: ['record', 'appointments'], basis: 'own-consent' };
    assert.equal((await post('manager', `${address}/approve`, agreed)).status, 303);
    assert.match((await get('ruth', '/acting-for')).text, /href="\/people\/margaret"/);
    const overview = (await get('margaret', '/sharing')).text;
    const end = /href="(\/sharing\/people\/[0-9a-f-]+\/end)"/.exec(overview)?.[1] ?? '';
    assert.match((await get('margaret', end)).text, /Stop Ruth Ashworth acting for you/);
    assert.equal((await get('mallory', end)).status, 404);
    assert.equal((await post('margaret', end)).to, '/sharing?done=ended');
    assert.doesNotMatch((await get('ruth', '/acting-for')).text, /href="\/people\/margaret"/);
  });

  const emergency = {
    'nhs-number': '999 000 0018',
    'born-day': '8',
    'born-month': '3',
    'born-year': '1952',
    reason: 'cannot-say',
    words: 'Unconscious in the emergency department',
  };

  it('open a record in an emergency, after it has been told', async () => {
    const form = formOf((await get('consultant', '/emergency-access/ask')).text);
    const opened = await post('consultant', '/emergency-access/ask', { ...emergency, form });
    assert.deepEqual([opened.status, opened.to], [303, '/people/margaret']);
    assert.equal(app.events.at(-1)?.kind, 'emergency-access');
    const told = await app.record.search(tester, 'Communication', 'subject=Patient/margaret');
    assert.equal(told.matches.length, 1);
    assert.match((await get('consultant', '/emergency-access')).text, /Open until/);
    app.time.now = sharingNow + 31 * 60_000;
    assert.match((await get('consultant', '/emergency-access')).text, /Ended/);
    const again = await post('consultant', '/emergency-access/ask', { ...emergency, form });
    assert.equal(again.status, 422);
    assert.match(again.text, /The time of this emergency access is over/);
    app.time.now = sharingNow;
  });

  it('refuse emergency access without a reason, for nobody, and to those who may not have it', async () => {
    const form = formOf((await get('consultant', '/emergency-access/ask')).text);
    const wrong = await post('consultant', '/emergency-access/ask', { form, words: 'short' });
    assert.equal(wrong.status, 422);
    for (const field of ['nhs-number', 'born-day', 'reason', 'words'])
      assert.match(wrong.text, new RegExp(`href="#${field}"`));
    const nobody = await post('consultant', '/emergency-access/ask', { ...emergency, form, 'born-day': '9' });
    assert.match(nobody.text, /No one has this NHS number and date of birth/);
    assert.match(nobody.text, /value="999 000 0018"/);
    for (const as of ['receptionist', 'manager', 'margaret'])
      assert.equal((await post(as, '/emergency-access/ask', { ...emergency, form })).status, 403, as);
    assert.equal((await post('nobody', '/emergency-access/ask', { ...emergency, form })).status, 401);
  });
});
