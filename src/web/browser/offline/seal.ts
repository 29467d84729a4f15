/** Sealing with the keys of whoever is signed in: AES-GCM with a new nonce each time, bound to where it is kept. */
import type { OwnKeys } from './device-store.ts';

export interface Sealed {
  readonly sealed: ArrayBuffer;
  readonly iv: Uint8Array<ArrayBuffer>;
}

const encoder = new TextEncoder();

export async function seal(own: OwnKeys, id: string, content: unknown): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = encoder.encode(JSON.stringify(content));
  const way = { name: 'AES-GCM', iv, additionalData: encoder.encode(id) };
  return { iv, sealed: await crypto.subtle.encrypt(way, own.seal, plain) };
}

/** Undefined where the keys are not those that sealed it. */
export async function unseal<T>(own: OwnKeys, id: string, { sealed, iv }: Sealed): Promise<T | undefined> {
  const way = { name: 'AES-GCM', iv, additionalData: encoder.encode(id) };
  const plain = await crypto.subtle.decrypt(way, own.seal, sealed).catch(() => undefined);
  return plain && (JSON.parse(new TextDecoder().decode(plain)) as T); // written by `seal` alone
}

/** A mark of an address that tells nothing of it: addresses of a record hold ids and words that were searched for. */
export async function markOf(own: OwnKeys, address: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', own.mark, encoder.encode(address)));
  return btoa(String.fromCharCode(...bytes.slice(0, 18)));
}
