/** How someone wants pages to be: kept in one cookie of this browser, needed before anyone is known, and of no use to others. */
import type { FastifyRequest } from 'fastify';
import { isLanguage, type Language } from './words/languages.ts';

export const themes = ['auto', 'light', 'dark', 'contrast'] as const;
/** `auto`: as the device says. */
export type Theme = (typeof themes)[number];

export const dataUses = ['auto', 'less', 'full'] as const;
/** `auto`: less where the browser, the connection or the site's line asks for it. */
export type DataUse = (typeof dataUses)[number];

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  readonly data: DataUse;
  /** Whether keys of a single sign do something (WCAG 2.2, 2.1.4: they can be turned off). */
  readonly keys: 'on' | 'off';
  /** `shared`: others use this computer, so nothing is kept on it to be read offline. */
  readonly computer: 'own' | 'shared';
}

export const usualPreferences: Preferences = {
  language: 'en',
  theme: 'auto',
  data: 'auto',
  keys: 'on',
  computer: 'own',
};

const cookieName = 'display';
const cookieForm = /(?:^|;\s*)display=([a-z]{2})\.([a-z]+)\.([a-z]+)\.(on|off)(?:\.(own|shared))?(?:;|$)/;
const oneYear = 31_536_000;

export const isTheme = (value: unknown): value is Theme => themes.some((one) => one === value);
export const isDataUse = (value: unknown): value is DataUse => dataUses.some((one) => one === value);

/** From a Cookie header; what is not understood is as usual. */
export function parsePreferences(cookie: string | undefined): Preferences {
  const [, language, theme, data, keys, computer] = cookieForm.exec(cookie ?? '') ?? [];
  return {
    language: isLanguage(language) ? language : usualPreferences.language,
    theme: isTheme(theme) ? theme : usualPreferences.theme,
    data: isDataUse(data) ? data : usualPreferences.data,
    keys: keys === 'off' ? 'off' : 'on',
    computer: computer === 'shared' ? 'shared' : 'own',
  };
}

export const preferencesOf = (request: Pick<FastifyRequest, 'headers'>): Preferences =>
  parsePreferences(request.headers.cookie);

/** A Set-Cookie header. */
export function preferencesCookie(preferences: Preferences, secure: boolean): string {
  const { language, theme, data, keys, computer } = preferences;
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${oneYear}${secure ? '; Secure' : ''}`;
  return `${cookieName}=${language}.${theme}.${data}.${keys}.${computer}; ${attributes}`;
}
