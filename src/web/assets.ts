/**
 * Files of the pages (style sheet, icon, the browser's code), served under names that hold a hash of what they are, so that a
 * browser keeps them for ever, and compressed once at start.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Kinds that are compressed in themselves. */
const packed = new Set(['.png', '.woff2']);

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzip?: Buffer;
  readonly brotli?: Buffer;
}

export interface Assets {
  /** The address of a file: `throughline.css` → `/assets/throughline-1a2b3c4d5e.css`. Throws for a file that is not there. */
  readonly url: (name: string) => string;
  /** What a file holds. Throws for one that is not there. */
  readonly content: (name: string) => Buffer;
  /** Adds a file, before the first page names it. Throws where the name is taken, or is of no kind that pages use. */
  readonly add: (name: string, content: Buffer) => void;
  /** Adds the route that serves them. */
  readonly register: (app: FastifyInstance) => void;
}

const assetFolder = fileURLToPath(new URL('./assets', import.meta.url));

export function loadAssets(folder: string = assetFolder): Assets {
  const files = new Map<string, Asset>();
  const urls = new Map<string, string>();
  const add = (name: string, plain: Buffer): void => {
    const extension = extname(name);
    const type = types[extension];
    if (!type) throw new Error(`Pages use no files like ${name}`);
    if (urls.has(name)) throw new Error(`There are two files called ${name}`);
    const hash = createHash('sha256').update(plain).digest('hex').slice(0, 10);
    const served = `${name.slice(0, -extension.length)}-${hash}${extension}`;
    files.set(served, packed.has(extension) ? { type, plain } : { type, plain, ...compressed(plain, hash) });
    urls.set(name, `/assets/${served}`);
  };
  for (const name of readdirSync(folder)) {
    if (types[extname(name)]) add(name, readFileSync(join(folder, name)));
  }
  const urlOf = (name: string): string => {
    const url = urls.get(name);
    if (!url) throw new Error(`There is no file ${name} in ${folder}, nor an island of that name`);
    return url;
  };
  return {
    url: urlOf,
    content: (name) => files.get(urlOf(name).slice('/assets/'.length))?.plain ?? Buffer.alloc(0),
    add,
    register: (app) => {
      app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) => {
        const asset = files.get(request.params.file);
        if (!asset) return reply.callNotFound();
        const accepted = String(request.headers['accept-encoding'] ?? '');
        const [encoding, body] =
          asset.brotli && /\bbr\b/.test(accepted)
            ? (['br', asset.brotli] as const)
            : asset.gzip && /\bgzip\b/.test(accepted)
              ? (['gzip', asset.gzip] as const)
              : ([undefined, asset.plain] as const);
        if (encoding) reply.header('content-encoding', encoding);
        return reply
          .header('vary', 'accept-encoding')
          .header('cache-control', 'public, max-age=31536000, immutable')
          .type(asset.type)
          .send(body);
      });
    },
  };
}

type Compressed = Required<Pick<Asset, 'gzip' | 'brotli'>>;

/** Kept by content: a process that sets up several servers does the work once. */
const known = new Map<string, Compressed>();

function compressed(plain: Buffer, hash: string): Compressed {
  const kept = known.get(hash);
  if (kept) return kept;
  const brotli = brotliCompressSync(plain, {
    params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length, [constants.BROTLI_PARAM_QUALITY]: 11 },
  });
  const made = { gzip: gzipSync(plain, { level: 9 }), brotli };
  known.set(hash, made);
  return made;
}
