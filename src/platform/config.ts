import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { checkout, defaultDataFolder } from './database-account.ts';
import { type Fault, Problem } from './problem.ts';

/** What the program is started for: a demonstration, production, or a command beside either. */
export type Mode = 'start' | 'serve' | 'command';

const whole = (least: number, most: number) =>
  z.coerce
    .number({ error: 'must be a number' })
    .int({ error: 'must be a whole number' })
    .min(least, { error: `must be at least ${least}` })
    .max(most, { error: `must be at most ${most}` });

const folder = z.string().transform((path) => resolve(checkout, path));

/** Paths, as a list or with commas between. */
const sources = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(',').map((path) => path.trim()))])
  .transform((paths) => paths.filter((path) => path !== '').map((path) => resolve(checkout, path)));

const databaseUrl = z.string().refine((text) => text === 'embedded' || /^postgres(ql)?:\/\/[^/]/.test(text), {
  error: 'must be like postgres://user:password@host:5432/name, or the word embedded',
});

const ownerUrl = z.string().refine((text) => /^postgres(ql)?:\/\/[^/]/.test(text), {
  error: 'must be like postgres://owner:password@host:5432/name',
});

const seed = z.string().refine((text) => Buffer.from(text, 'base64').length === 32, {
  error: 'must be 32 bytes in base64. Make one with: openssl rand -base64 32',
});

const webAddress = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'must be a web address such as https://record.example.org',
  })
  .transform((text) => text.replace(/\/+$/, ''));

const clamdAddress = z.string().refine((text) => /^(tcp:\/\/[^/]+|unix:\/.+)$/.test(text), {
  error: 'must be like tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl',
});

const smtpAddress = z.string().refine((text) => /^smtps?:\/\/[^/]/.test(text), {
  error: 'must be like smtps://user:password@host:465 or smtp://host:587',
});

const sender = z.string().regex(/^[^<>\r\n]{0,100}<?[^\s@<>]+@[^\s@<>]+>?$/, {
  error: 'must be an email address, or like Throughline <no-reply@example.org>',
});

const pushKey = z.string().refine((text) => Buffer.from(text, 'base64url').length === 32, {
  error: 'must be 32 bytes in base64. Make one with: openssl rand -base64 32',
});

/** Which proxies to believe about the caller's address: none, all, a number of hops, or addresses. */
const proxies = z.union([
  z.boolean(),
  z.number().int().min(0),
  z.string().transform((text) => {
    if (text === 'true') return true;
    if (text === 'false') return false;
    return /^\d+$/.test(text) ? Number(text) : text;
  }),
]);

/** How many people a demonstration makes where nobody says. */
export const usualDemoPeople = 600;

/** `yes`, `no`, or how many: undefined for no demonstration, 0 for its named people alone. */
const demoPeople = z
  .union([z.boolean(), z.enum(['yes', 'no']).transform((text) => text === 'yes'), whole(0, 50_000)], {
    error: 'must be yes, no or a whole number from 0 to 50000',
  })
  .transform((given) => {
    if (given === false) return undefined;
    return given === true ? usualDemoPeople : given;
  });

/** Every setting: its name in the environment and in the file, its form, and what it is for. */
const settings = {
  HOST: { form: z.string(), help: 'Address to listen on' },
  PORT: { form: whole(0, 65_535), help: 'Port to listen on; 0 for any free one' },
  BASE_URL: { form: webAddress, help: 'Address that people and systems reach it by; links start with it' },
  DATABASE_URL: { form: databaseUrl, help: 'PostgreSQL 15 or later, or "embedded"' },
  DATABASE_OWNER_URL: {
    form: ownerUrl,
    help: 'The same database as its owner, for migrations; the user of DATABASE_URL then owns nothing',
  },
  DATABASE_POOL: { form: whole(1, 200), help: 'Connections for ordinary work, each process' },
  DATA_DIR: { form: folder, help: 'Folder of the embedded database, files and locks' },
  FILES_DIR: { form: folder, help: 'Folder of stored files (images, letters)' },
  LOG_LEVEL: {
    form: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be trace, debug, info, warn, error, fatal or silent',
    }),
    help: 'Least important line that is logged',
  },
  ACCESS_TOKEN: { form: z.string(), help: 'Bearer token that lets a system do everything' },
  SECRETS_KEY: {
    form: z.string(),
    help: 'Keys that seal secrets at rest, base64 of 32 bytes, newest first, commas between',
  },
  SIGN_IN_PROVIDERS: {
    form: z.json(),
    help: 'OpenID providers that people may sign in with: docs/sign-in-elsewhere.md',
  },
  DEMO_PEOPLE: {
    form: demoPeople,
    help: 'How many people beside the named ones a demonstration makes in an empty record; no for no demonstration',
  },
  AUDIT_SIGNING_KEY: { form: seed, help: 'Key that signs the audit log: 32 random bytes in base64' },
  CONTACT: {
    form: z.string().max(500),
    help: 'How people reach whoever runs this, shown on its contact page',
  },
  BRAND: {
    form: z.enum(['own', 'nhs'], { error: 'must be own or nhs' }),
    help: 'Marks on the pages: our own, or those of the NHS where you are entitled to them, from BRAND_DIR',
  },
  BRAND_DIR: { form: folder, help: 'Folder with logo.svg or logo.png, and regular.woff2 and bold.woff2' },
  BODY_LIMIT_MB: { form: whole(1, 1024), help: 'Largest request body' },
  PROCESSES: { form: whole(1, 256), help: 'Server processes on this machine' },
  JOB_CONCURRENCY: { form: whole(0, 64), help: 'Long jobs at once, each process; 0 for none here' },
  TRUST_PROXY: { form: proxies, help: 'Proxies to believe: true, false, a number of hops, or addresses' },
  PROFILES: {
    form: sources,
    help: 'Implementation guides: folders or packages (.tgz) of FHIR definitions, commas between',
  },
  PROFILE_CHECK: {
    form: z.enum(['off', 'warn', 'refuse'], { error: 'must be off, warn or refuse' }),
    help: 'What a write that breaks a profile it claims comes to',
  },
  SHUTDOWN_SECONDS: { form: whole(0, 600), help: 'How long requests in progress may take at shutdown' },
  CLAMD_URL: {
    form: clamdAddress,
    help: 'ClamAV daemon that looks for viruses in files that people send: tcp://host:3310 or unix:/path',
  },
  SMTP_URL: {
    form: smtpAddress,
    help: 'Mail server that emails go out by; without it emails stay in the outbox',
  },
  MAIL_FROM: { form: sender, help: 'Whom emails come from; needed with SMTP_URL' },
  PUSH_KEY: {
    form: pushKey,
    help: 'Key that signs notifications to browsers (VAPID): 32 random bytes in base64',
  },
  NHS_NOTIFY: { form: z.json(), help: 'Account of NHS Notify, for texts and emails: docs/operations.md' },
  LINE_UDP_PORT: {
    form: whole(1, 65_535),
    help: 'UDP port on which probes of lines count lost packets; without it none is opened',
  },
  SEARCH_TIMEOUT_SECONDS: { form: whole(1, 3600), help: 'Longest that one database statement may take' },
} as const;

export type Setting = keyof typeof settings;
const names = Object.keys(settings) as Setting[];

export interface Config {
  readonly mode: Mode;
  readonly host: string;
  readonly port: number;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** Undefined: the embedded database. */
  readonly databaseUrl: string | undefined;
  /** Undefined: the embedded database, or one that the server's own user migrates. */
  readonly databaseOwnerUrl: string | undefined;
  readonly databasePool: number;
  readonly dataDir: string;
  readonly filesDir: string;
  readonly logLevel: string;
  /** Undefined only where none is needed: then everyone who reaches the server is the local demonstration user. */
  readonly accessToken: string | undefined;
  /** Undefined: one is made and kept in the data folder. */
  readonly secretsKey: string | undefined;
  /** As given: `access` reads it. */
  readonly signInProviders: unknown;
  /** People that a demonstration makes beside the named ones. Undefined: no demonstration, as always where it serves. */
  readonly demoPeople: number | undefined;
  /** Undefined: the key in the data folder, made at the first start. */
  readonly auditSigningKey: string | undefined;
  /** Undefined: nobody has said. */
  readonly contact: string | undefined;
  /** Undefined: our own marks. */
  readonly brandDir: string | undefined;
  readonly bodyLimitMb: number;
  readonly processes: number;
  readonly jobConcurrency: number;
  readonly trustProxy: boolean | number | string;
  /** Folders and packages of profiles, with their whole paths. */
  readonly profiles: readonly string[];
  readonly profileCheck: 'off' | 'warn' | 'refuse';
  readonly shutdownSeconds: number;
  readonly searchTimeoutSeconds: number;
  /** Undefined: lost packets are not counted by UDP. */
  readonly lineUdpPort: number | undefined;
  /** Undefined: files that people send are not looked at. */
  readonly clamdUrl: string | undefined;
  /** Undefined: emails go by NHS Notify where that is given, else they stay in the outbox. */
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string | undefined;
  /** Undefined where it serves: no notifications to browsers. Elsewhere one is made and kept in the data folder. */
  readonly pushKey: string | undefined;
  /** As given: `platform/notify` reads it. */
  readonly nhsNotify: unknown;
  /** Where each setting came from: `default`, `environment` or the file's path. */
  readonly origins: Readonly<Record<Setting, string>>;
}

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Path of a JSON file. Default: THROUGHLINE_CONFIG, else throughline.json in the checkout where there is one. */
  readonly file?: string;
  readonly mode: Mode;
}

/** Reads the configuration; the environment wins over the file. Throws one Problem that lists all that is wrong. */
export function loadConfig({ env, file, mode }: ConfigSources): Config {
  const faults: Fault[] = [];
  const wrong = (where: string, message: string) =>
    faults.push({ kind: 'value', severity: 'error', where, message });
  const { path, given } = readFile(file ?? env['THROUGHLINE_CONFIG'], wrong);
  for (const key of Object.keys(given))
    if (!(key in settings)) wrong(path, `${key} is not a setting. Settings: ${names.join(', ')}.`);

  const origins = Object.fromEntries(names.map((name) => [name, 'default'])) as Record<Setting, string>;
  const read = <T>(name: Setting, form: z.ZodType<T>, byDefault: () => T): T => {
    const fromEnv = env[name] === '' ? undefined : env[name];
    const raw: unknown = fromEnv ?? given[name];
    if (raw === undefined || raw === null) return byDefault();
    origins[name] = fromEnv === undefined ? path : 'environment';
    const parsed = form.safeParse(raw);
    if (parsed.success) return parsed.data;
    const reason = parsed.error.issues[0]?.message ?? 'is not understood';
    wrong(origins[name], `${name} ${reason}${isSecret(name) ? '' : `; it is ${JSON.stringify(raw)}`}.`);
    return byDefault();
  };

  const host = read('HOST', settings.HOST.form, () => '127.0.0.1');
  const port = read('PORT', settings.PORT.form, () => 8080);
  const dataDir = read('DATA_DIR', settings.DATA_DIR.form, defaultDataFolder);
  const database = read('DATABASE_URL', settings.DATABASE_URL.form, () => 'embedded');
  const brand = read('BRAND', settings.BRAND.form, () => 'own');
  const brandDir = read<string | undefined>('BRAND_DIR', settings.BRAND_DIR.form, () => undefined);
  if (brand === 'nhs' && brandDir === undefined)
    wrong('BRAND_DIR', 'BRAND_DIR must be given with BRAND=nhs: the marks are not part of this product.');
  const config: Config = {
    mode,
    host,
    port,
    baseUrl: read('BASE_URL', settings.BASE_URL.form, () => `http://localhost:${port}`),
    databaseUrl: database === 'embedded' ? undefined : database,
    databaseOwnerUrl: read<string | undefined>(
      'DATABASE_OWNER_URL',
      settings.DATABASE_OWNER_URL.form,
      () => undefined,
    ),
    databasePool: read('DATABASE_POOL', settings.DATABASE_POOL.form, () => 8),
    dataDir,
    filesDir: read('FILES_DIR', settings.FILES_DIR.form, () => join(dataDir, 'files')),
    logLevel: read('LOG_LEVEL', settings.LOG_LEVEL.form, () => (mode === 'serve' ? 'info' : 'warn')),
    accessToken: read<string | undefined>('ACCESS_TOKEN', settings.ACCESS_TOKEN.form, () => undefined),
    secretsKey: read<string | undefined>('SECRETS_KEY', settings.SECRETS_KEY.form, () => undefined),
    signInProviders: read<unknown>('SIGN_IN_PROVIDERS', jsonOf(settings.SIGN_IN_PROVIDERS.form), () => []),
    demoPeople:
      mode === 'start'
        ? read<number | undefined>('DEMO_PEOPLE', settings.DEMO_PEOPLE.form, () => usualDemoPeople)
        : undefined,
    auditSigningKey: read<string | undefined>(
      'AUDIT_SIGNING_KEY',
      settings.AUDIT_SIGNING_KEY.form,
      () => undefined,
    ),
    contact: read<string | undefined>('CONTACT', settings.CONTACT.form, () => undefined),
    brandDir: brand === 'nhs' ? brandDir : undefined,
    bodyLimitMb: read('BODY_LIMIT_MB', settings.BODY_LIMIT_MB.form, () => 32),
    processes: read('PROCESSES', settings.PROCESSES.form, () => 1),
    jobConcurrency: read('JOB_CONCURRENCY', settings.JOB_CONCURRENCY.form, () => 2),
    trustProxy: read<boolean | number | string>('TRUST_PROXY', settings.TRUST_PROXY.form, () => false),
    profiles: read<readonly string[]>('PROFILES', settings.PROFILES.form, () => []),
    profileCheck: read<'off' | 'warn' | 'refuse'>('PROFILE_CHECK', settings.PROFILE_CHECK.form, () => 'warn'),
    shutdownSeconds: read('SHUTDOWN_SECONDS', settings.SHUTDOWN_SECONDS.form, () => 20),
    clamdUrl: read<string | undefined>('CLAMD_URL', settings.CLAMD_URL.form, () => undefined),
    smtpUrl: read<string | undefined>('SMTP_URL', settings.SMTP_URL.form, () => undefined),
    mailFrom: read<string | undefined>('MAIL_FROM', settings.MAIL_FROM.form, () => undefined),
    pushKey: read<string | undefined>('PUSH_KEY', settings.PUSH_KEY.form, () => undefined),
    nhsNotify: read<unknown>('NHS_NOTIFY', jsonOf(settings.NHS_NOTIFY.form), () => undefined),
    lineUdpPort: read<number | undefined>('LINE_UDP_PORT', settings.LINE_UDP_PORT.form, () => undefined),
    searchTimeoutSeconds: read('SEARCH_TIMEOUT_SECONDS', settings.SEARCH_TIMEOUT_SECONDS.form, () => 30),
    origins,
  };
  if (mode === 'serve') checkProduction(config, wrong);
  if (mode === 'start' && config.accessToken === undefined && !isLoopback(host))
    wrong(
      'HOST',
      `HOST is ${host}, which others can reach: set ACCESS_TOKEN, or leave HOST out to serve this machine alone.`,
    );
  if (config.smtpUrl !== undefined && config.mailFrom === undefined)
    wrong('MAIL_FROM', 'MAIL_FROM must be given with SMTP_URL: whom emails come from.');
  if (config.databaseOwnerUrl !== undefined && config.databaseUrl === undefined)
    wrong(
      'DATABASE_OWNER_URL',
      'DATABASE_OWNER_URL goes with DATABASE_URL: the embedded database has an owner of its own.',
    );
  if (faults.length > 0) throw new Problem(faults);
  return config;
}

function readFile(
  named: string | undefined,
  wrong: (where: string, message: string) => void,
): { path: string; given: Record<string, unknown> } {
  const path = named ? resolve(named) : join(checkout, 'throughline.json');
  if (!named && !existsSync(path)) return { path, given: {} };
  try {
    const parsed = z.record(z.string(), z.unknown()).safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success) return { path, given: parsed.data };
    wrong(path, 'The file must hold one JSON object, such as {"PORT": 8080}.');
  } catch (error) {
    wrong(path, `The file cannot be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
  return { path, given: {} };
}

/** A setting that is JSON: text in the environment, a value in the file. */
const jsonOf = <T>(form: z.ZodType<T>): z.ZodType<T> =>
  z.preprocess((given) => {
    if (typeof given !== 'string') return given;
    try {
      return JSON.parse(given);
    } catch {
      return undefined;
    }
  }, form);

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.');
const isSecret = (name: Setting) =>
  /^(ACCESS_TOKEN|DATABASE_(OWNER_)?URL|SECRETS_KEY|AUDIT_SIGNING_KEY|SIGN_IN_PROVIDERS|SMTP_URL|PUSH_KEY|NHS_NOTIFY)$/.test(
    name,
  );

const shortestToken = 32;

/** Production takes nothing for granted: what it stands on must be given, and its secrets must be secrets. */
function checkProduction(config: Config, wrong: (where: string, message: string) => void): void {
  for (const name of [
    'BASE_URL',
    'DATABASE_URL',
    'ACCESS_TOKEN',
    'SECRETS_KEY',
    'AUDIT_SIGNING_KEY',
  ] as const)
    if (config.origins[name] === 'default')
      wrong(
        name,
        `${name} must be given to serve. ${settings[name].help}. (To try things out, use "start".)`,
      );
  const token = config.accessToken;
  if (token === undefined) return;
  const mend = 'Make one with: openssl rand -base64 32';
  if (token.length < shortestToken)
    wrong('ACCESS_TOKEN', `ACCESS_TOKEN is too short: at least ${shortestToken} characters. ${mend}`);
  else if (new Set(token).size < 10 || /change-?me|secret|password|example|default|token/i.test(token))
    wrong('ACCESS_TOKEN', `ACCESS_TOKEN can be guessed. ${mend}`);
}

/** Every setting with its value and where it came from, a line each; secrets masked. */
export function describeConfig(config: Config): string {
  const values: Record<Setting, unknown> = {
    HOST: config.host,
    PORT: config.port,
    BASE_URL: config.baseUrl,
    DATABASE_URL: config.databaseUrl === undefined ? 'embedded' : withoutPassword(config.databaseUrl),
    DATABASE_OWNER_URL:
      config.databaseOwnerUrl === undefined ? '(none)' : withoutPassword(config.databaseOwnerUrl),
    DATABASE_POOL: config.databasePool,
    DATA_DIR: config.dataDir,
    FILES_DIR: config.filesDir,
    LOG_LEVEL: config.logLevel,
    ACCESS_TOKEN: config.accessToken === undefined ? '(none)' : `(${config.accessToken.length} characters)`,
    SECRETS_KEY: config.secretsKey === undefined ? '(made at the first start)' : '(given)',
    SIGN_IN_PROVIDERS: Array.isArray(config.signInProviders)
      ? `${config.signInProviders.length} given`
      : '(not a list)',
    DEMO_PEOPLE: config.demoPeople ?? 'no',
    AUDIT_SIGNING_KEY: config.auditSigningKey === undefined ? '(made at the first start)' : '(given)',
    CONTACT: config.contact ?? '(none)',
    BRAND: config.brandDir === undefined ? 'own' : 'nhs',
    BRAND_DIR: config.brandDir ?? '(none)',
    BODY_LIMIT_MB: config.bodyLimitMb,
    PROCESSES: config.processes,
    JOB_CONCURRENCY: config.jobConcurrency,
    TRUST_PROXY: config.trustProxy,
    PROFILES: config.profiles.length > 0 ? config.profiles.join(', ') : '(none)',
    PROFILE_CHECK: config.profileCheck,
    SHUTDOWN_SECONDS: config.shutdownSeconds,
    CLAMD_URL: config.clamdUrl ?? '(none: files are not checked for viruses)',
    SMTP_URL:
      config.smtpUrl === undefined ? '(none: emails stay in the outbox)' : withoutPassword(config.smtpUrl),
    MAIL_FROM: config.mailFrom ?? '(none)',
    PUSH_KEY: config.pushKey === undefined ? '(none given)' : '(given)',
    NHS_NOTIFY: config.nhsNotify === undefined ? '(none)' : '(given)',
    LINE_UDP_PORT: config.lineUdpPort ?? '(none: lost packets are not counted by UDP)',
    SEARCH_TIMEOUT_SECONDS: config.searchTimeoutSeconds,
  };
  const rows = names.map((name) => [name, String(values[name]), config.origins[name], settings[name].help]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A database address as it may be shown: the password, and any in its parameters, left out. */
function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return '(not understood)';
  const shown = new URL(url);
  if (shown.password) shown.password = '***';
  for (const key of [...shown.searchParams.keys()])
    if (/pass|secret|key/i.test(key)) shown.searchParams.set(key, '***');
  return shown.href;
}
