import type { ResourceType } from '@medplum/fhirtypes';
import type { Stored } from './care-record.ts';

/**
 * A stored version whose JSON came as a text. Texts live where the collector finds them soonest, and go to the wire as they
 * are; the bytes are made for those who ask for them.
 */
export class StoredText implements Stored {
  readonly type: ResourceType;
  readonly id: string;
  readonly version: number;
  readonly updated: number;
  readonly text: string | undefined;
  #bytes: Buffer | undefined;

  constructor(type: string, id: string, version: number, updated: number, text: string | null | undefined) {
    this.type = type as ResourceType; // the name of a type's number, or of what was validated
    this.id = id;
    this.version = version;
    this.updated = updated;
    this.text = text ?? undefined;
  }

  get body(): Buffer | undefined {
    if (this.text === undefined) return undefined;
    this.#bytes ??= Buffer.from(this.text);
    return this.#bytes;
  }
}
