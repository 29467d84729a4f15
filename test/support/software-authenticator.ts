/** A passkey in software, honest or not: makes the answers of WebAuthn Level 3 that a browser would send. */
import { createSign, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** CBOR (RFC 8949) of what attestation needs: small integers, bytes, text and maps. */
function cbor(value: number | string | Uint8Array | Map<number | string, unknown>): Buffer {
  const head = (major: number, length: number): Buffer => {
    if (length < 24) return Buffer.of((major << 5) | length);
    if (length < 256) return Buffer.of((major << 5) | 24, length);
    return Buffer.of((major << 5) | 25, length >> 8, length & 255);
  };
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const entries = [...value].flatMap(([key, one]) => [cbor(key), cbor(one as number)]);
  return Buffer.concat([head(5, value.size), ...entries]);
}

export interface Conduct {
  /** Signature counter to tell. Default: one more than before. */
  readonly counter?: number;
  readonly verified?: boolean;
  readonly origin?: string;
  readonly rpId?: string;
  readonly userHandle?: string;
}

export class SoftwareAuthenticator {
  readonly id: string;
  readonly #key: { publicKey: KeyObject; privateKey: KeyObject };
  readonly #origin: string;
  #counter = 0;
  #userHandle = '';

  constructor(name: string, origin: string) {
    this.id = text(hash('sha256', name, 'buffer'));
    this.#key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#origin = origin;
  }

  #data(conduct: Conduct, attested: Uint8Array = new Uint8Array()): Buffer {
    const rpId = conduct.rpId ?? new URL(this.#origin).hostname;
    this.#counter = conduct.counter ?? this.#counter + 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.#counter);
    const flags = 1 | (conduct.verified === false ? 0 : 4) | (attested.length > 0 ? 64 : 0);
    return Buffer.concat([hash('sha256', rpId, 'buffer'), Buffer.of(flags), counter, attested]);
  }

  #clientData(type: string, challenge: string, conduct: Conduct): Buffer {
    const origin = conduct.origin ?? this.#origin;
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  create(options: { challenge: string; user: { id: string } }, conduct: Conduct = {}) {
    const { x = '', y = '' } = this.#key.publicKey.export({ format: 'jwk' });
    const cose = cbor(
      new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ]),
    );
    const id = Buffer.from(this.id, 'base64url');
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, cose]);
    this.#userHandle = options.user.id;
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', this.#data(conduct, attested)],
    ]);
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: text(this.#clientData('webauthn.create', options.challenge, conduct)),
        attestationObject: text(cbor(attestation)),
        transports: ['internal'],
      },
    };
  }

  get(options: { challenge: string }, conduct: Conduct = {}) {
    const clientData = this.#clientData('webauthn.get', options.challenge, conduct);
    const data = this.#data(conduct);
    const signer = createSign('sha256').update(Buffer.concat([data, hash('sha256', clientData, 'buffer')]));
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: text(clientData),
        authenticatorData: text(data),
        signature: text(signer.sign(this.#key.privateKey)),
        userHandle: conduct.userHandle ?? this.#userHandle,
      },
    };
  }
}
