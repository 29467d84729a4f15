/** What people are told of, by which ways, and what they have chosen unless they say otherwise. */

export const channels = ['push', 'email', 'text'] as const;
/** A browser, an email or a text message. */
export type Channel = (typeof channels)[number];
export const isChannel = (value: unknown): value is Channel => channels.some((one) => one === value);

/** What people choose by: kinds that belong together. */
export const topics = [
  'messages',
  'appointments',
  'results',
  'letters',
  'medicines',
  'tasks',
  'access',
] as const;
export type Topic = (typeof topics)[number];

/** The topic of each kind, and the page below `/my-record/<person>` (or the whole address) where it is read. */
export const kinds = {
  message: { topic: 'messages', page: 'messages' },
  'appointment-booked': { topic: 'appointments', page: 'appointments' },
  'appointment-changed': { topic: 'appointments', page: 'appointments' },
  'appointment-cancelled': { topic: 'appointments', page: 'appointments' },
  'appointment-offer': { topic: 'appointments', page: '/appointments' },
  'appointment-reminder': { topic: 'appointments', page: '/appointments' },
  result: { topic: 'results', page: 'results' },
  letter: { topic: 'letters', page: 'documents' },
  'medicine-ready': { topic: 'medicines', page: 'medicines' },
  form: { topic: 'tasks', page: '' },
  'acting-asked': { topic: 'access', page: '/sharing' },
  'acting-agreed': { topic: 'access', page: '/sharing' },
  'emergency-access': { topic: 'access', page: '/who-looked' },
  'new-device': { topic: 'access', page: '/account' },
  'sign-in-changed': { topic: 'access', page: '/account' },
  /** Stands for any kind whose very name would tell too much. */
  news: { topic: 'access', page: '' },
} as const satisfies Record<string, { readonly topic: Topic; readonly page: string }>;
export type Kind = keyof typeof kinds;
export const isKind = (value: string): value is Kind => Object.hasOwn(kinds, value);

/** `now`: at any hour, since someone waits for it. `soon`: not within quiet hours. */
export type Urgency = 'now' | 'soon';

export type Choices = Readonly<Record<Topic, readonly Channel[]>>;

/** A text costs the region money and cannot be kept for later, so it is for what has a time. */
export const usualChoices: Choices = {
  messages: ['push', 'email'],
  appointments: ['push', 'email', 'text'],
  results: ['push', 'email'],
  letters: ['push', 'email'],
  medicines: ['push', 'email', 'text'],
  tasks: ['push', 'email'],
  access: ['push', 'email', 'text'],
};

export const usualQuiet = { from: 22, until: 7 } as const;
