import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAnswerLinks, reminderLinks } from './answer-links.ts';

const key = (n: number) => new Uint8Array(32).fill(n);

test('a link answers for one appointment at one time, under older keys too, and for nothing else', () => {
  const old = openAnswerLinks([key(1)]);
  const now = openAnswerLinks([key(2), key(1)]);
  const token = old.tokenFor('a1', 1_000);
  assert.equal(now.appointmentIn(token), 'a1');
  assert.equal(now.isFor(token, 'a1', 1_000), true);
  assert.equal(now.isFor(token, 'a1', 2_000), false, 'moved');
  assert.equal(now.isFor(token, 'a2', 1_000), false);
  assert.equal(openAnswerLinks([key(3)]).isFor(token, 'a1', 1_000), false);
  for (const bad of ['', 'a1', 'a1~', `${token}x`, token.slice(1), 'a/1~aaaaaaaaaaaaaaaaaaaaaa'])
    assert.equal(now.isFor(bad, 'a1', 1_000), false, bad);
});

test('the screen of a place is no answer, and an answer no screen', () => {
  const links = openAnswerLinks([key(1)]);
  assert.equal(links.siteOf(links.kioskToken('site')), 'site');
  assert.equal(links.siteOf(links.tokenFor('site', 1)), undefined);
  assert.equal(links.siteOf(links.kioskToken('site').replace('site', 'other')), undefined);
});

test('a reminder has the link of its appointment and time, and no other news has one', () => {
  const link = reminderLinks({ secrets: [key(1)], baseUrl: 'https://care.example' });
  const about = 'Appointment/a1@2026-11-23T09:00:00Z';
  const [, token = ''] = link('appointment-reminder', about)?.split('/answer/') ?? [];
  assert.equal(openAnswerLinks([key(1)]).isFor(token, 'a1', Date.parse('2026-11-23T09:00:00Z')), true);
  assert.equal(link('appointment-booked', about), undefined);
  assert.equal(link('appointment-reminder', 'Appointment/a1@'), undefined);
});
