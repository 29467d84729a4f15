/** The ndt7 protocol of M-Lab: names, sizes and messages. Source: m-lab/ndt-server, spec/ndt7-protocol.md, v0.9.1. */

export const subprotocol = 'net.measurementlab.ndt.v7';
/** Our own: round trips on a line that another connection keeps free or busy (docs/decisions/0020). */
export const pulseProtocol = 'org.throughline.pulse.v1';

export const downloadPath = '/ndt/v7/download';
export const uploadPath = '/ndt/v7/upload';
export const pulsePath = '/lines/pulse';

export const longestQuery = 4096;
/** Of binary messages, in bytes. */
export const sizes = { least: 2 ** 10, first: 2 ** 13, mostScaled: 2 ** 20, most: 2 ** 24 } as const;
export const testSeconds = 10;
/** Clients give up then. */
export const endSeconds = 12;
/** Between messages of measurement: at most ten a second may go either way. */
export const messageEveryMs = 250;

/** The size of the next message: doubled while it is at most a sixteenth of all that was sent, and below 2^20. */
export function nextSize(size: number, total: number): number {
  return size < sizes.mostScaled && size <= total / 16 ? size * 2 : size;
}

export interface Measurement {
  readonly AppInfo?: {
    /** In µs. */
    readonly ElapsedTime: number;
    readonly NumBytes: number;
  };
  readonly ConnectionInfo?: { readonly Client: string; readonly Server: string; readonly UUID: string };
  readonly Origin?: 'server' | 'client';
  readonly Test?: 'download' | 'upload';
}

/** Megabits a second. */
export const mbits = (bytes: number, ms: number): number => (ms > 0 ? (bytes * 8) / 1000 / ms : 0);
