/** An attack on the whole product, and what the audit log says of it. */
import assert from 'node:assert/strict';
import type { AuditEvent, Bundle } from '@medplum/fhirtypes';
import type { Answered, WholeProduct } from './whole-product.ts';

export interface Attacked {
  readonly answer: Answered;
  /** What the log says of the request. */
  readonly events: readonly AuditEvent[];
}

let count = 0;

/** Sends a request under an id of its own, and finds what the audit log says of it. */
export async function attack(
  product: WholeProduct,
  send: (headers: Readonly<Record<string, string>>) => Promise<Answered>,
): Promise<Attacked> {
  count += 1;
  const id = `attack-${process.pid}-${count}`;
  const began = new Date(product.clock.now() - 1000).toISOString();
  const answer = await send({ 'x-request-id': id });
  const events: AuditEvent[] = [];
  // What jobs write at the same time is in the log as well, and may be more than a page of it.
  let next: string | undefined = `/fhir/AuditEvent?date=ge${began}&_count=500`;
  while (next !== undefined) {
    const log: Answered = await product.ask(next, { headers: product.operator });
    assert.equal(log.status, 200, log.text);
    const { entry = [], link = [] } = JSON.parse(log.text) as Bundle<AuditEvent>; // the server's own answer
    for (const { resource } of entry)
      if (resource?.entity?.some((one) => one.what?.identifier?.value === id)) events.push(resource);
    next = link.find(({ relation }) => relation === 'next')?.url;
  }
  return { answer, events };
}

/** An attack that is refused with this status, and found in the log as a failure. */
export async function refused(
  product: WholeProduct,
  what: string,
  status: number,
  send: (headers: Readonly<Record<string, string>>) => Promise<Answered>,
): Promise<Attacked> {
  const attacked = await attack(product, send);
  assert.equal(attacked.answer.status, status, `${what}: ${attacked.answer.text.slice(0, 500)}`);
  assert.ok(
    attacked.events.some(({ outcome }) => outcome === '4'),
    `${what}: not found in the audit log as refused`,
  );
  return attacked;
}

/** Text of an answer without what differs between any two: ids of requests, times, and the words asked for. */
export const bare = ({ status, text, headers }: Answered, ...asked: readonly string[]): string => {
  const own = headers.get('x-request-id') ?? '';
  const words = [own, ...asked].filter((word) => word !== '');
  const plain = words.reduce((rest, word) => rest.replaceAll(word, '…'), text);
  return `${status} ${plain.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…').replaceAll(/nonce="[^"]+"/g, '')}`;
};
