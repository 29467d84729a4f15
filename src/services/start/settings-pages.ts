/** Language, colours, data and keys: kept in a cookie of this browser, by a form that needs no account. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorsForPage, type FieldError, formBody, formText } from '../../web/form-fields.ts';
import { clearKept } from '../../web/offline/clear-kept.ts';
import {
  isDataUse,
  isTheme,
  type Preferences,
  preferencesCookie,
  preferencesOf,
} from '../../web/preferences.ts';
import { isLanguage, languageKeys, languages } from '../../web/words/languages.ts';
import type { StartNeeds } from './pages.ts';

const themeKeys = {
  auto: 'settings.themeAuto',
  light: 'settings.themeLight',
  dark: 'settings.themeDark',
  contrast: 'settings.themeContrast',
} as const;

const dataKeys = {
  auto: 'settings.dataAuto',
  less: 'settings.dataLess',
  full: 'settings.dataFull',
} as const;

export function settingsPages(app: FastifyInstance, { shell, viewerOf }: StartNeeds): void {
  const page = (
    request: FastifyRequest,
    reply: FastifyReply,
    typed: Readonly<Record<keyof Preferences, string>>,
    errors: readonly FieldError[] = [],
  ) => {
    const viewer = viewerOf(request);
    const isStaff = viewer !== undefined && viewer.role !== 'patient' && viewer.role !== 'proxy';
    const words = (key: string) => shell.say(request, key);
    const title = words('settings.title');
    const choices = (all: Readonly<Record<string, string>>, chosen: string) =>
      Object.entries(all).map(([value, key]) => ({ value, text: words(key), checked: value === chosen }));
    return shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'start/settings.njk', {
      translated: true,
      title: errors.length > 0 ? shell.say(request, 'settings.errorTitle', { title }) : title,
      ...errorsForPage(errors),
      saved: formText(formBody(request.query), 'saved') === 'yes',
      languageChoices: languageKeys.map((key) => ({
        value: key,
        // Each in its own words, so that whoever needs one can find it.
        html: `<span lang="${languages[key].tag}" dir="${languages[key].direction}">${languages[key].name}</span>`,
        ...(key === 'en' ? {} : { hint: { text: languages[key].english } }),
        checked: key === typed.language,
      })),
      themeChoices: choices(themeKeys, typed.theme),
      dataChoices: choices(dataKeys, typed.data),
      isStaff,
      keysOff: typed.keys === 'off',
      isShared: typed.computer === 'shared',
    });
  };

  app.get('/settings', (request, reply) => page(request, reply, preferencesOf(request)));

  app.post('/settings', (request, reply) => {
    const body = formBody(request.body);
    const [language, theme, data] = ['language', 'theme', 'data'].map((name) => formText(body, name));
    const keys = formText(body, 'keys') === 'off' ? 'off' : 'on';
    const computer = formText(body, 'computer') === 'shared' ? 'shared' : 'own';
    if (!isLanguage(language) || !isTheme(theme) || !isDataUse(data)) {
      const errors: FieldError[] = [];
      const say = (field: string, key: string) => errors.push({ field, text: shell.say(request, key) });
      if (!isLanguage(language)) say('language', 'settings.chooseLanguage');
      if (!isTheme(theme)) say('theme', 'settings.chooseTheme');
      if (!isDataUse(data)) say('data', 'settings.chooseData');
      const typed = { language: language ?? '', theme: theme ?? '', data: data ?? '', keys, computer };
      return page(request, reply, typed, errors);
    }
    const cookie = preferencesCookie({ language, theme, data, keys, computer }, request.protocol === 'https');
    if (computer === 'shared') reply.header('clear-site-data', clearKept);
    return reply.header('set-cookie', cookie).redirect('/settings?saved=yes', 303);
  });
}
