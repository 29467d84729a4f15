import assert from 'node:assert/strict';
import test from 'node:test';
import { mailSink } from '../../test/support/mail-sink.ts';
import { smtpMailer } from './mail.ts';
import { Problem } from './problem.ts';

const email = {
  to: 'nia@example.org',
  subject: 'آپ کے لیے ایک نیا پیغام ہے',
  text: 'Open Throughline to see it.\n.\nA line of one full stop is no end.\n',
  reference: '0190a0b0-0000-7000-8000-000000000001',
  language: 'ur',
};

test('an email arrives whole, with an id that stays the same and a way to stop it by one click', async (t) => {
  const sink = await mailSink(t);
  const mailer = smtpMailer({ url: sink.url, from: 'Throughline <no-reply@care.example>' });
  t.after(mailer.close);
  const stop = 'https://care.example/notifications/stop/abc';
  for (let i = 0; i < 2; i += 1) await mailer.send({ ...email, unsubscribe: stop });
  const [first, second] = sink.mails;
  assert.equal(first?.to, email.to);
  assert.equal(first?.from, 'no-reply@care.example');
  assert.equal(first?.headers['subject'], email.subject);
  assert.equal(first?.text.trim(), email.text.trim());
  assert.equal(first?.headers['message-id'], `<${email.reference}@care.example>`);
  assert.equal(second?.headers['message-id'], first?.headers['message-id']);
  assert.equal(first?.headers['list-unsubscribe'], `<${stop}>`);
  assert.equal(first?.headers['list-unsubscribe-post'], 'List-Unsubscribe=One-Click');
  assert.equal(first?.headers['auto-submitted'], 'auto-generated');
  assert.equal(first?.headers['content-language'], 'ur');
});

test('a refusal for good is told from one for now, and neither quotes the address', async (t) => {
  const sink = await mailSink(t);
  const mailer = smtpMailer({ url: sink.url, from: 'no-reply@care.example' });
  t.after(mailer.close);
  for (const [answer, status] of [
    [550, 422],
    [451, 503],
  ] as const) {
    sink.answer = () => answer;
    await assert.rejects(mailer.send(email), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.status, status);
      assert.doesNotMatch(error.message, /nia/);
      return true;
    });
  }
  const away = smtpMailer({ url: 'smtp://127.0.0.1:1', from: 'no-reply@care.example' });
  t.after(away.close);
  await assert.rejects(away.send(email), { status: 503 });
});

test('an address cannot bring headers or receivers of its own', async (t) => {
  const sink = await mailSink(t);
  const mailer = smtpMailer({ url: sink.url, from: 'no-reply@care.example' });
  t.after(mailer.close);
  const to = 'nia@example.org\r\nBcc: all@example.org';
  await mailer.send({ ...email, to }).catch(() => {});
  for (const { to: reached, headers } of sink.mails) {
    assert.doesNotMatch(reached, /all@/);
    assert.equal(headers['bcc'], undefined);
  }
});
