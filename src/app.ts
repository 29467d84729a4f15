// The whole composition on one page: what everything stands on, the record, then what people see.
import type { FastifyRequest } from 'fastify';
import { openAuditQuestions } from './access/audit-questions/audit-questions.ts';
import { openShareLinks } from './access/share-links/share-links.ts';
import { tellDenials } from './app/denials.ts';
import { migrations } from './app/migrations.ts';
import { openReach } from './app/reach.ts';
import { openSenders } from './app/senders.ts';
import {
  auditReach,
  eachHour,
  keysLast,
  minutesFresh,
  openWhoMay,
  ownActor,
  ownRecords,
  postWords,
  viewerOf,
} from './app/who-may.ts';
import { demo } from './demo/pages.ts';
import { seedDemonstration } from './demo/seed.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { folderStore } from './platform/files.ts';
import { createServer } from './platform/http.ts';
import { uuidv7 } from './platform/ids.ts';
import { openJobs } from './platform/jobs.ts';
import type { Log } from './platform/log.ts';
import { pendingMigrations } from './platform/migrations.ts';
import { metricsOfAll } from './platform/processes.ts';
import type { KnownRoute } from './platform/routes.ts';
import { secretKeys } from './platform/secret-keys.ts';
import { openStore } from './platform/store.ts';
import { openSigningKey } from './record/audit/heads.ts';
import { keepSealing } from './record/audit/seal.ts';
import { keepAuditProjected } from './record/audit-events/project.ts';
import { auditEventRoutes } from './record/audit-events/routes.ts';
import { keepAuditPartitions } from './record/audit-partitions.ts';
import { bringUpToDate } from './record/bring-up-to-date.ts';
import { ownerAdvice, rightsOverAudit } from './record/database-rights.ts';
import { openGuides } from './record/guides.ts';
import { openRecord } from './record/record.ts';
import { fhirErrors } from './record/rest/errors.ts';
import { fhirRoutes } from './record/rest/routes.ts';
import type { AuditRow } from './record/statement.ts';
import { accountAdministration } from './region/accounts/index.ts';
import { apiClients } from './region/api-clients/index.ts';
import { connectivity } from './region/connectivity/index.ts';
import { openFindings } from './region/governance/findings.ts';
import { governance } from './region/governance/index.ts';
import { scanAccess } from './region/governance/scan.ts';
import { about } from './services/about/index.ts';
import { appConsent } from './services/app-consent/index.ts';
import { appointments, isHoliday, reminderLinks } from './services/appointments/index.ts';
import { chart } from './services/chart/index.ts';
import { consultations } from './services/consultations/index.ts';
import { emergencyAccess } from './services/emergency-access/index.ts';
import { getHelp } from './services/get-help/index.ts';
import { insight } from './services/insight/index.ts';
import { messaging } from './services/messages/index.ts';
import { myRecord } from './services/my-record/index.ts';
import { takingAndAdding } from './services/my-record/taking-and-adding.ts';
import { notificationPages } from './services/notifications/index.ts';
import { openNotifications } from './services/notifications/notifications.ts';
import { proxyRequests } from './services/proxy-requests/index.ts';
import { sharing } from './services/sharing/index.ts';
import { signIn } from './services/sign-in/index.ts';
import { signInErrors } from './services/sign-in/sign-in-errors.ts';
import { signInElsewhere } from './services/sign-in-elsewhere/index.ts';
import { start } from './services/start/index.ts';
import { triage } from './services/triage/index.ts';
import { whoLooked } from './services/who-looked/index.ts';
import { refuseOtherSites } from './web/csrf.ts';
import { openForms } from './web/forms/forms.ts';
import { openLive } from './web/live/live.ts';
import { openRecordChanges } from './web/live/record-changes.ts';
import { offline } from './web/offline/offline.ts';
import type { RoomNeeds } from './web/room.ts';
import { setUpShell } from './web/shell.ts';
import { clamdScanner, noScanner } from './web/uploads/scanner.ts';
import { tusRoutes } from './web/uploads/tus-routes.ts';
import { openUploads } from './web/uploads/uploads.ts';

const fhirPath = '/fhir';
/** A demonstration of fewer people is made quickly in all its parts. */
const fewPeople = 200;

export interface App {
  /** Starts answering. Answers the address. */
  readonly listen: () => Promise<string>;
  /** Every route, as it was declared. */
  readonly routes: readonly KnownRoute[];
  readonly close: () => Promise<void>;
}

export interface AppOptions {
  readonly log: Log;
  readonly clock?: Clock;
  /** Told when the embedded database died and cannot be started again. */
  readonly onLost?: (error: unknown) => void;
  /** Aborted: long work before the first answer ends early. */
  readonly signal?: AbortSignal;
}

/** Opens everything, lowest floor first; what was opened is closed again when a later part fails. */
export async function openApp(
  config: Config,
  { log, clock = systemClock, onLost, signal = new AbortController().signal }: AppOptions,
): Promise<App> {
  const endings: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of endings.splice(0).reverse()) await end();
  };
  try {
    const store = await openStore(config, { role: 'server', log, ...(onLost ? { onLost } : {}) });
    endings.push(store.close);
    const { database } = store;
    await bringUpToDate(store, migrations);
    for (const right of await rightsOverAudit(database.pool))
      log.warn(`the server’s database user ${right}. ${ownerAdvice}`);
    const key = openSigningKey(config.auditSigningKey, config.dataDir);
    endings.push(keepSealing({ database, clock, log, key }));
    const files = await folderStore(config.filesDir);
    const newId = uuidv7(clock);
    const senders = openSenders({ config, clock, newId });
    endings.push(async () => senders.close());
    const jobs = await openJobs({ database, clock, newId, log, concurrency: config.jobConcurrency });
    endings.push(jobs.close);

    const ready = async () => {
      try {
        const missing = await pendingMigrations(database, migrations);
        return missing.length > 0 ? ['the schema is not up to date'] : [];
      } catch {
        return ['the database does not answer, or is newer than this release'];
      }
    };
    const shell = setUpShell({ brandDir: config.brandDir });
    const server = await createServer({
      log,
      newId,
      bodyLimit: config.bodyLimitMb * 1024 * 1024,
      trustProxy: config.trustProxy,
      https: config.baseUrl.startsWith('https:'),
      ready,
      renderers: [fhirErrors(fhirPath), signInErrors(shell.errorRenderer)],
      metricsToken: config.accessToken,
      metricsOfAll,
      shutdownSeconds: config.shutdownSeconds,
    });
    endings.push(server.close);

    const { app: http } = server;
    const baseUrl = `${config.baseUrl}${fhirPath}`;
    const guides = openGuides({ sources: config.profiles, check: config.profileCheck });
    const record = openRecord({ database, clock, newId, baseUrl, guides });
    endings.push(await keepAuditPartitions(database, clock));
    endings.push(keepAuditProjected(database, log));
    const who = openWhoMay({ config, database, record, clock, newId, log, fhirPath });
    const { access, accounts, smart, proxies, securityLog } = who;
    const { pageActor: actorOf, identityOf, serverActor, trustedActor } = access;
    endings.push(
      eachHour(log, [
        accounts.clear,
        smart.clean,
        () => scanAccess({ database, clock }),
        () => smart.rotateKeys(keysLast),
      ]),
    );
    await proxies.tellUntold(ownActor);

    // Who asks comes first: the log and the page of a refusal name them.
    access.register(http);
    tellDenials(http, { access, securityLog, fhirPath });
    refuseOtherSites(http, {
      baseUrl: config.baseUrl,
      ownNameAlone: config.accessToken === undefined,
      openPaths: ['/oauth', ...who.outside.providers.map((key) => `/sign-in/${key}/back-channel-logout`)],
    });
    smart.register(http);
    const limits = { body: config.bodyLimitMb * 1024 * 1024 };
    const audit = (rows: readonly AuditRow[]) => record.store.audit(rows);
    const rest = { record, actorOf: access.apiActor, baseUrl, clock, limits, guides };
    const security = smart.capabilitySecurity();
    await http.register(auditEventRoutes({ ...rest, database, audit, mayReadAudit: auditReach }), {
      prefix: fhirPath,
    });
    await http.register(fhirRoutes({ ...rest, security }), { prefix: fhirPath });

    const viewer = (request: FastifyRequest) => viewerOf(request, access);
    shell.showViewer(viewer);
    shell.register(http);
    const requireFresh = (request: FastifyRequest) => {
      const identity = identityOf(request);
      if (identity) accounts.requireFresh(identity, minutesFresh);
    };
    const accountOf = (request: FastifyRequest) => identityOf(request)?.account;
    const secrets = secretKeys(config);
    offline({ shell, secrets, identityOf, sessionsOf: accounts.sessionsOf }).register(http);
    const forms = openForms({ database, clock, baseUrl: config.baseUrl, secrets, accountOf });
    const scanner = config.clamdUrl === undefined ? noScanner : clamdScanner(config.clamdUrl);
    const uploads = openUploads({ database, files, folder: config.filesDir, clock, newId, log, scanner });
    tusRoutes(http, { uploads, database, clock, accountOf });
    endings.push(eachHour(log, [forms.clear, uploads.clear]));
    const changes = openRecordChanges({ database, store: record.store, clock, log });
    const live = openLive({
      ...{ changes, clock, log, identityOf },
      identityNow: (cookies) => accounts.identityOf(cookies, { unseen: true }),
      seenBy: async (identity, people, after) =>
        record.changesSeen({ ...ownActor, sight: await who.sightOf(identity) }, people, after),
    });
    endings.push(changes.close, async () => live.close());
    const notifications = openNotifications({
      ...{ database, record, clock, newId, log, jobs, accounts, proxies, senders, secrets },
      baseUrl: config.baseUrl,
      answerLink: reminderLinks({ secrets, baseUrl: config.baseUrl }),
    });
    proxies.whenAsked(({ id, patient }) =>
      notifications.notify({ person: patient, kind: 'acting-asked', about: `proxy ${id}` }),
    );
    // Posts of staff have no address of their own to warn; their sessions and devices are on their account page.
    accounts.whenWarned(async ({ patient }, kind, about) => {
      if (patient !== undefined)
        await notifications.notify({ person: patient, kind, about: `${kind} ${about}`, urgency: 'now' });
    });
    const pages = {
      ...{ shell, forms, live, uploads, record, clock, newId, database, securityLog },
      ...{ actorOf, identityOf, requireFresh, notify: notifications.notify },
    };
    const shareLinks = openShareLinks({
      ...{ database, clock, securityLog, secrets },
      stands: async (id, patient) => {
        const account = await accounts.findAccount(id);
        return account?.patient === patient && account.proofing === 'P9' && !account.disabled;
      },
    });
    endings.push(eachHour(log, [shareLinks.clear]));
    const elsewhere = signInElsewhere({ ...pages, outside: who.outside, linking: who.linking, accounts });
    const people =
      config.demoPeople === undefined
        ? []
        : await seedDemonstration({
            ...{ record, accounts, proxies, database, clock, log, baseUrl, signal },
            ...{ people: config.demoPeople, screen: process.stderr },
          });
    await notifications.demonstrate(people);
    // After the demonstration is made, of which nobody is told.
    endings.push(await notifications.follow(), eachHour(log, [notifications.tidy]));
    const questions = openAuditQuestions({ database, record, clock });
    const room: RoomNeeds = {
      ...{ ...pages, files, changes, jobs, log, trustedActor, ownActor, secrets },
      ...{ patientsOf: who.patientsOf, baseUrl: config.baseUrl, isDemonstration: people.length > 0 },
    };
    const { email: sendMail } = senders;
    const lines = connectivity({
      ...{ ...room, sendMail },
      lossEcho:
        config.lineUdpPort === undefined ? undefined : { port: config.lineUdpPort, host: config.host },
    });
    const { lineCarries } = lines;
    const queue = triage({ ...room, lineCarries });
    const help = getHelp({ ...room, isFull: queue.isFull });
    const { urgentWords } = help;
    const reachOf = openReach(notifications.parts);
    const practice = [
      ...[help, queue, appointments({ ...room, lineCarries })],
      ...[
        consultations({ ...room, holdRequest: queue.hold }),
        messaging({ ...room, urgentWords, isHoliday, reachOf }),
        insight(room),
      ],
    ];
    for (const { close } of [lines, ...practice]) if (close) endings.push(close);
    const services = [
      chart(pages),
      myRecord({ ...pages, patientsOf: who.patientsOf }),
      takingAndAdding({
        ...{ ...pages, patientsOf: who.patientsOf, shareLinks },
        ...{ baseUrl: config.baseUrl, fhirBaseUrl: baseUrl },
      }),
      start({ ...pages, viewerOf: viewer, isDemonstration: people.length > 0 }),
      signIn({
        ...{ ...pages, accounts, providers: elsewhere.buttons, describePost: postWords(record) },
        signOutElsewhere: elsewhere.signOutElsewhere,
        ...(people.length > 0 ? { demonstration: { people: () => people } } : {}),
      }),
      elsewhere,
      appConsent({ ...pages, smart, patientsOf: who.patientsOf }),
      sharing({ ...pages, proxies, systemActor: trustedActor }),
      proxyRequests({ ...pages, proxies, systemActor: trustedActor }),
      emergencyAccess({ ...pages, emergencies: who.emergencies, systemActor: trustedActor }),
      whoLooked({ ...pages, audit, questions, systemOf: serverActor, recordsOf: ownRecords(identityOf) }),
      governance({
        ...{ ...pages, audit, questions, systemOf: serverActor, emergencies: who.emergencies },
        findings: openFindings({ database, clock }),
      }),
      notificationPages({ ...pages, accounts, notifications, isDemonstration: people.length > 0 }),
      apiClients({ ...pages, smart }),
      about({ ...pages, contact: config.contact, isDemonstration: people.length > 0 }),
      ...(people.length > 0 ? [demo(pages)] : []),
      ...[lines, ...practice],
      accountAdministration({
        ...{ ...pages, accounts, baseUrl: config.baseUrl, describePost: postWords(record) },
      }),
    ];
    for (const service of services) service.register(http);
    await jobs.run();
    if (people.length > 0) await lines.demonstrate({ few: (config.demoPeople ?? 0) < fewPeople });
    return { listen: () => server.listen(config.host, config.port), routes: server.routes, close };
  } catch (error) {
    await close();
    throw error;
  }
}
