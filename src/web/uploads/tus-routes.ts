/** Uploads in pieces by the tus protocol 1.0 (https://tus.io/protocols/resumable-upload), at `/uploads`. */
import { DataStore, ERRORS, Server, Upload } from '@tus/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { Problem, problem } from '../../platform/problem.ts';
import { type Uploads, uploadLasts } from './uploads.ts';
import { writeLeases } from './write-lease.ts';

export interface TusNeeds {
  readonly uploads: Uploads;
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  /** Account of whoever is signed in. */
  readonly accountOf: (request: FastifyRequest) => string | undefined;
}

const uploadsPath = '/uploads';

/** A Problem in the form that @tus/server answers with. */
const asTus = (error: unknown): unknown =>
  error instanceof Problem ? { status_code: error.status, body: `${error.message}\n` } : error;

/** The library's store over ours. One for each request: it acts for one account. */
function storeFor(uploads: Uploads, account: string): DataStore {
  const store = new DataStore();
  store.extensions = ['creation', 'creation-with-upload', 'expiration', 'termination'];
  const found = async (id: string) => {
    const one = await uploads.find(account, id);
    if (!one) throw ERRORS.FILE_NOT_FOUND;
    return one;
  };
  return Object.assign(store, {
    create: async (upload: Upload) => {
      try {
        const { purpose, filename } = upload.metadata ?? {};
        const file = { purpose: purpose ?? '', name: filename ?? '', size: upload.size ?? 0 };
        const { id, created } = await uploads.begin(account, file);
        upload.id = id;
        upload.creation_date = new Date(created).toISOString();
        return upload;
      } catch (error) {
        throw asTus(error);
      }
    },
    write: (stream: AsyncIterable<Uint8Array>, id: string, offset: number) =>
      uploads.write(id, offset, stream),
    getUpload: async (id: string) => {
      const { size, offset, name, purpose, created } = await found(id);
      return new Upload({
        ...{ id, size, offset, metadata: { filename: name, purpose } },
        creation_date: new Date(created).toISOString(),
      });
    },
    remove: async (id: string) => {
      await found(id);
      await uploads.forget(account, id);
    },
    getExpiration: () => uploadLasts,
  });
}

export function tusRoutes(app: FastifyInstance, { uploads, database, clock, accountOf }: TusNeeds): void {
  const newId = uuidv7(clock);
  const locker = writeLeases(database.pool, clock);
  const most = 2 ** 40; // each kind has its own limit, told by `begin`
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const account = accountOf(request);
    if (account === undefined) throw problem('login', 'Sign in to send files.');
    const { id } = request.params as { id?: string };
    if (id !== undefined) {
      const one = await uploads.find(account, id);
      if (!one) throw problem('not-found', 'There is no such upload.');
      // The process may have been killed between the last byte and the look at the whole.
      if (request.method === 'HEAD' && one.state === 'receiving' && one.offset === one.size)
        await uploads.finish(account, id);
    }
    const server = new Server({
      ...{ path: uploadsPath, relativeLocation: true, locker, maxSize: most, lockDrainTimeout: 300 },
      datastore: storeFor(uploads, account),
      allowedOrigins: () => false,
      namingFunction: () => newId(), // until the store has made one

      async onUploadFinish(_request, upload) {
        const { state, reason } = await uploads.finish(account, upload.id);
        if (state === 'refused') throw { status_code: 422, body: `${reason}\n` };
        return {};
      },
      onResponseError(_request, error) {
        if ('status_code' in error) return undefined;
        request.log.error({ err: error }, 'an upload failed');
        return { status_code: 500, body: 'Something went wrong on our side. Send the rest again.\n' };
      },
    });
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders()))
      if (value !== undefined) reply.raw.setHeader(name, value);
    await server.handle(request.raw, reply.raw);
    return reply;
  };
  void app.register(async (scope) => {
    // The library reads the body itself, piece by piece.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.route({ method: ['POST', 'OPTIONS'], url: uploadsPath, handler: answer });
    scope.route({ method: ['HEAD', 'PATCH', 'DELETE'], url: `${uploadsPath}/:id`, handler: answer });
    /** How it stands, for pages with script: whether it may be used yet. */
    scope.get(`${uploadsPath}/:id/state`, async (request, reply) => {
      const account = accountOf(request);
      if (account === undefined) throw problem('login', 'Sign in to send files.');
      const { id } = request.params as { id: string };
      const { name, size, offset, state, reason } = await uploads.finish(account, id);
      return reply.send({ name, size, offset, state, reason });
    });
  });
}
