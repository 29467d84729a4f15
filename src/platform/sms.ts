/** Text messages, by whatever service a deployment has for them. */

export interface TextMessage {
  /** Mobile number as people write it in their country, or with `+` and the country’s code. */
  readonly to: string;
  readonly text: string;
  /** UUID, the same for the same message however often it is sent: the service sends it once. */
  readonly reference: string;
  /** Of the receiver, where the service asks for it. */
  readonly nhsNumber?: string;
}

export interface TextSender {
  /**
   * Keeps when the service has taken the message. Throws a Problem: 503 where it may be tried again, 422 where it will never
   * be sent.
   */
  readonly send: (message: TextMessage) => Promise<{ readonly id?: string }>;
}
