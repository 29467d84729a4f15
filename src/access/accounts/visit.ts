/** What the accounts need to know of a request: enough to limit guessing, name the device and tell the audit. */
export interface Visit {
  readonly requestId: string;
  /** Of the network, as the server believes it. */
  readonly address: string;
  readonly userAgent?: string | undefined;
  /** The Cookie header. */
  readonly cookie?: string | undefined;
}
