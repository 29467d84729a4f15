/** The chart over a record in memory, behind headers as strict as the product's. */
import Fastify, { type FastifyInstance } from 'fastify';
import { Problem } from '../../src/platform/problem.ts';
import { chart } from '../../src/services/chart/index.ts';
import { setUpShell } from '../../src/web/shell.ts';
import { type MemoryRecord, memoryRecord } from './memory-record.ts';

export const testNow = Date.parse('2026-11-22T12:00:00Z');

export async function pagesApp(): Promise<{ app: FastifyInstance; record: MemoryRecord }> {
  const record = memoryRecord(testNow);
  const shell = setUpShell();
  const app = Fastify({ forceCloseConnections: true });
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('content-security-policy')) {
      reply.header(
        'content-security-policy',
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
    }
  });
  app.setErrorHandler((error, request, reply) => {
    const known = error instanceof Problem ? error : undefined;
    const status = known?.status ?? 500;
    if (!known) console.error(error);
    return reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(shell.errorPage({ status, faults: known?.faults ?? [], requestId: request.id }));
  });
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type('text/html; charset=utf-8')
      .send(shell.errorPage({ status: 404, faults: [], requestId: request.id })),
  );
  shell.register(app);
  const actorOf = () => ({
    id: 'Practitioner/test',
    name: 'Dr Test',
    role: 'GP',
    purpose: 'TREAT',
    requestId: 'test',
    via: 'page' as const,
  });
  chart({ record, shell, clock: { now: () => testNow }, actorOf }).register(app);
  return { app, record };
}
