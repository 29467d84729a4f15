/** Where NHS Notify tells what became of a message. */
import type { FastifyInstance } from 'fastify';
import { readCallback } from '../../platform/notify/callback.ts';
import type { NotifySettings } from '../../platform/notify/read-settings.ts';
import type { Outbox } from './outbox.ts';

export const callbackPath = '/notifications/nhs-notify';

export function callbackRoute(
  app: FastifyInstance,
  { outbox, callback }: { outbox: Outbox; callback: NonNullable<NotifySettings['callback']> },
): void {
  void app.register(async (scope) => {
    // The signature is of the bytes as they came.
    scope.removeContentTypeParser(['application/json']);
    scope.addContentTypeParser(
      ['application/vnd.api+json', 'application/json'],
      { parseAs: 'buffer', bodyLimit: 1_000_000 },
      (_request, body, done) => done(null, body),
    );
    scope.post(callbackPath, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      for (const { reference, state, at, reason } of readCallback(callback, request.headers, body))
        if (state !== 'on its way') await outbox.tell(reference, { state, at, reason });
      return reply.code(202).send();
    });
  });
}
