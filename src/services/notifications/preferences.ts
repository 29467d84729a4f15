/** What someone chose: of what they are told, by which way, and when not. */
import type { Clock } from '../../platform/clock.ts';
import type { Sql, Transaction } from '../../platform/database.ts';
import { isLanguage, type Language } from '../../web/words/languages.ts';
import { type Channel, type Choices, isChannel, topics, usualChoices, usualQuiet } from './kinds.ts';
import type { QuietHours } from './quiet-hours.ts';

export interface NotificationPreferences {
  readonly language: Language;
  readonly choices: Choices;
  /** The same hour twice: never quiet. */
  readonly quiet: QuietHours;
  /** Ways that are not used at all: not safe for this person, or stopped by them. */
  readonly never: readonly Channel[];
}

export interface PreferenceStore {
  /** As usual where nothing was chosen. */
  readonly of: (account: string, sql?: Sql | Transaction) => Promise<NotificationPreferences>;
  readonly save: (account: string, preferences: NotificationPreferences) => Promise<void>;
  /** Keeps the language for someone who has chosen nothing yet. */
  readonly speak: (account: string, language: Language) => Promise<void>;
  /** Uses a way no more, whatever was chosen by topic. */
  readonly stop: (account: string, channel: Channel) => Promise<void>;
}

interface Row {
  language: string;
  choices: Record<string, unknown>;
  quiet_from: number;
  quiet_until: number;
  never: string[];
}

/** Of whoever has chosen nothing: `of` answers this very object. */
export const usualPreferences: NotificationPreferences = {
  language: 'en',
  choices: usualChoices,
  quiet: usualQuiet,
  never: [],
};

export function openPreferences(pool: Sql, clock: Clock): PreferenceStore {
  const save = async (
    account: string,
    { language, choices, quiet, never }: NotificationPreferences,
    on: Sql | Transaction = pool,
  ) => {
    await on`
      insert into notification_preference (account, language, choices, quiet_from, quiet_until, never, updated)
      values (${account}, ${language}, ${JSON.stringify(choices)}::text::jsonb, ${quiet.from}, ${quiet.until},
        ${[...never]}, ${clock.now()})
      on conflict (account) do update set language = excluded.language, choices = excluded.choices,
        quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until, never = excluded.never,
        updated = excluded.updated`;
  };
  const of = async (account: string, sql: Sql | Transaction = pool): Promise<NotificationPreferences> => {
    const [row] = await sql<Row[]>`select * from notification_preference where account = ${account}`;
    return row ? preferencesOf(row) : usualPreferences;
  };
  return {
    of,
    save,
    async speak(account, language) {
      await pool`
        insert into notification_preference (account, language, choices, quiet_from, quiet_until, never, updated)
        values (${account}, ${language}, ${JSON.stringify(usualChoices)}::text::jsonb, ${usualQuiet.from},
          ${usualQuiet.until}, '{}', ${clock.now()})
        on conflict (account) do nothing`;
    },
    async stop(account, channel) {
      const now = await of(account);
      if (!now.never.includes(channel)) await save(account, { ...now, never: [...now.never, channel] });
    },
  };
}

function preferencesOf({ language, choices, quiet_from, quiet_until, never }: Row): NotificationPreferences {
  return {
    language: isLanguage(language) ? language : 'en',
    // A topic of a later release is as usual until it is chosen.
    choices: Object.fromEntries(
      topics.map((topic) => {
        const chosen = choices[topic];
        return [topic, Array.isArray(chosen) ? chosen.filter(isChannel) : usualChoices[topic]];
      }),
    ) as unknown as Choices, // every topic is in it
    quiet: { from: quiet_from, until: quiet_until },
    never: never.filter(isChannel),
  };
}
