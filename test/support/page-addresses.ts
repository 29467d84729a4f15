/** For each route that shows a page: who opens it, and where. A route that is not here fails the test of budgets. */

/** An address; or the first link on a page that fits, for what has an id of its own, and what follows it. */
export type Where = string | { readonly on: string; readonly link: RegExp; readonly after?: string };

export interface Opened {
  /** Of the demonstration's people; undefined: a stranger. */
  readonly as?: string;
  readonly where: Where;
  /** Of the patient's app, whose pages weigh less. */
  readonly patients: boolean;
}

/** Shows no page, or none that is there without a deed before: why. */
export interface NotOpened {
  readonly why: string;
}

const patient = (where: Where, as = 'Mrs Iris Okafor'): Opened => ({ as, where, patients: true });
const staff = (as: string, where: Where): Opened => ({ as, where, patients: false });
const anyone = (where: Where): Opened => ({ where, patients: true });
const not = (why: string): NotOpened => ({ why });

const file = not('a file, which comes on request');
const onward = not('leads on to another page');
const machine = not('for programs');
const asha = 'Dr Asha Patel';
const priya = 'Priya Shah';
const alex = 'Alex Moore';
const me = '/my-record/demo-iris';

/** What the walk wrote first. */
const added = (after: string): Where => ({
  ...{ on: `${me}/added`, link: /^\/my-record\/demo-iris\/added\/Observation\/[^/]+$/, after },
});

/** One of the demonstration’s plans, or a page below it. */
const aPlan = (after: string): Where => ({
  ...{ on: '/lines/plans', link: /^\/lines\/plans\/[0-9a-f-]{36}$/ },
  ...(after === '' ? {} : { after }),
});

/** A request of the practice’s queue that is Iris’s. */
const openRequest = (after: string): Where => `/triage/walked-request${after}`;

export const pageAddresses: Readonly<Record<string, Opened | NotOpened>> = {
  '/': anyone('/'),
  '/sign-in': anyone('/sign-in'),
  '/sign-in/password': anyone('/sign-in/password'),
  '/sign-in/code': not('in the middle of signing in, tried by the tests of signing in'),
  '/sign-in/recovery': not('in the middle of signing in, tried by the tests of signing in'),
  '/sign-in/post': not('in the middle of signing in, tried by the tests of signing in'),
  '/enrol/:token': not('needs an invitation, tried by the tests of signing in'),
  '/enrol/:token/authenticator': not('needs an invitation, tried by the tests of signing in'),
  '/help': anyone('/help'),
  '/contact': anyone('/contact'),
  '/accessibility': anyone('/accessibility'),
  '/privacy': anyone('/privacy'),
  '/cookies': anyone('/cookies'),
  '/demo': { where: '/demo', patients: false },
  '/demo/map.svg': file,
  '/demo/map-narrow.svg': file,
  '/demo/city.svg': file,
  '/demo/city-narrow.svg': file,
  '/offline': anyone('/offline'),
  '/offline/waiting': anyone('/offline/waiting'),
  '/service-worker.js': file,
  '/manifest.webmanifest': file,
  '/assets/:file': file,
  '/health/live': machine,
  '/health/ready': machine,
  '/metrics': machine,
  '/oauth': machine,
  '/oauth/*': machine,
  '/uploads/:id/state': machine,

  '/my-record': onward,
  '/go/appointments': onward,
  '/go/medicines': onward,
  '/go/results': onward,
  '/go/messages': onward,
  '/add-what-i-know': onward,
  '/download-my-record': onward,
  '/share-my-record': onward,
  '/my-record/:person': patient(me),
  '/my-record/:person/record': patient(`${me}/record`),
  '/my-record/:person/messages': patient(`${me}/messages`),
  '/my-record/:person/search': patient(`${me}/search?q=blood`),
  '/my-record/:person/conditions': patient(`${me}/conditions`),
  '/my-record/:person/medicines': patient(`${me}/medicines`),
  '/my-record/:person/allergies': patient(`${me}/allergies`),
  '/my-record/:person/vaccinations': patient(`${me}/vaccinations`),
  '/my-record/:person/care-plan': patient(`${me}/care-plan`),
  '/my-record/:person/people': patient(`${me}/people`),
  '/my-record/:person/pregnancy': patient('/my-record/demo-fatima/pregnancy', 'Mrs Fatima Khan'),
  '/my-record/:person/results': patient(`${me}/results`),
  '/my-record/:person/results/*': patient({
    on: `${me}/results`,
    link: /^\/my-record\/demo-iris\/results\/./,
  }),
  '/my-record/:person/appointments': patient(`${me}/appointments`),
  '/my-record/:person/appointments/:file': file,
  '/my-record/:person/documents': patient(`${me}/documents`),
  '/my-record/:person/documents/:id': patient({
    on: `${me}/documents`,
    link: /^\/my-record\/demo-iris\/documents\/[^/?]+$/,
  }),
  '/my-record/:person/documents/:id/files/:index': file,
  '/my-record/:person/imaging': patient(`${me}/imaging`),
  '/my-record/:person/imaging/:id/files/:index': file,
  '/my-record/:person/live': machine,
  '/my-record/:person/download': patient(`${me}/download`),
  '/my-record/:person/download/file': file,
  '/my-record/:person/add': patient(`${me}/add`),
  '/my-record/:person/add/measurements/blood-pressure': patient(`${me}/add/measurements/blood-pressure`),
  '/my-record/:person/add/measurements/weight': patient(`${me}/add/measurements/weight`),
  '/my-record/:person/add/measurements/temperature': patient(`${me}/add/measurements/temperature`),
  '/my-record/:person/add/measurements/peak-flow': patient(`${me}/add/measurements/peak-flow`),
  '/my-record/:person/add/measurements/blood-glucose': patient(`${me}/add/measurements/blood-glucose`),
  '/my-record/:person/add/measurements/oxygen': patient(`${me}/add/measurements/oxygen`),
  '/my-record/:person/add/allergies': patient(`${me}/add/allergies`),
  '/my-record/:person/add/medicines': patient(`${me}/add/medicines`),
  '/my-record/:person/add/about-me': patient(`${me}/add/about-me`),
  '/my-record/:person/add/communication': patient(`${me}/add/communication`),
  '/my-record/:person/add/contacts': patient(`${me}/add/contacts`),
  '/my-record/:person/added': patient(`${me}/added`),
  '/my-record/:person/added/:type/:id': patient(added('')),
  '/my-record/:person/added/:type/:id/change': patient(added('/change')),
  '/my-record/:person/added/:type/:id/remove': patient(added('/remove')),
  '/my-record/:person/share': patient(`${me}/share`),
  '/my-record/:person/share/new': patient(`${me}/share/new`),
  '/my-record/:person/share/:id/made': not(
    'shown once, to whoever made the link: tried by the tests of sharing',
  ),
  '/shared/:token': not('needs a link: tried by the tests of sharing'),
  '/shared/:token/record': not('needs a link and its code: tried by the tests of sharing'),
  '/shared/:token/record/:section': not('needs a link and its code: tried by the tests of sharing'),
  '/more': patient('/more'),
  '/settings': patient('/settings'),
  '/account': patient('/account'),
  '/account/password': patient('/account/password'),
  '/account/authenticator': onward,
  '/account/recovery-codes': patient('/account/recovery-codes'),
  '/account/passkeys/new': patient('/account/passkeys/new'),
  '/account/post': onward,
  '/account/link': onward,
  '/account/link/no-match': onward,
  '/sharing': patient('/sharing'),
  '/sharing/kinds/:code': patient({ on: '/sharing', link: /^\/sharing\/kinds\// }),
  '/sharing/organisations/:id': patient('/sharing/organisations/demo-infirmary'),
  '/sharing/categories/:code': patient({ on: '/sharing', link: /^\/sharing\/categories\// }),
  '/sharing/items/:type/:id': patient({ on: '/sharing/items', link: /^\/sharing\/items\// }),
  '/sharing/research': patient('/sharing/research'),
  '/sharing/organisations': patient('/sharing/organisations'),
  '/sharing/items': patient('/sharing/items'),
  '/sharing/people/:id/end': patient(
    { on: '/sharing', link: /^\/sharing\/people\/[^/]+\/end/ },
    'Mr Walter Price',
  ),
  '/acting-for': patient('/acting-for', 'Ms Jo Lind'),
  '/acting-for/ask': patient('/acting-for/ask', 'Ms Jo Lind'),
  '/acting-for/:id/end': patient({ on: '/acting-for', link: /^\/acting-for\/[^/]+\/end/ }, 'Ms Jo Lind'),
  '/who-looked': onward,
  '/who-looked/:patient': patient('/who-looked/demo-iris'),
  '/who-looked/:patient/ask': patient({
    on: '/who-looked/demo-iris',
    link: /^\/who-looked\/[^/]+\/ask/,
  }),
  '/app-consent': patient('/app-consent'),
  '/app-consent/open': not('needs an app that asks, tried by the tests of apps'),
  '/app-consent/:id': not('needs an app that asks, tried by the tests of apps'),
  '/notifications': patient('/notifications'),
  '/notifications/email': patient('/notifications/email'),
  '/notifications/email/code': onward,
  '/notifications/text': patient('/notifications/text'),
  '/notifications/text/code': onward,
  '/notifications/stop/:token': not('needs a message that was sent, tried by the tests of notifications'),
  '/outbox': staff(alex, '/outbox'),

  '/commands': staff(asha, '/commands'),
  '/people': staff(asha, '/people?name=okafor'),
  '/people/:id': staff(asha, '/people/demo-iris'),
  '/people/:id/history': staff(asha, '/people/demo-iris/history'),
  '/people/:id/results': staff(asha, '/people/demo-iris/results'),
  '/people/:id/results/*': staff(asha, {
    on: '/people/demo-iris/results',
    link: /^\/people\/demo-iris\/results\/./,
  }),
  '/people/:id/items/:type/:rid': staff(asha, {
    on: '/people/demo-iris/history',
    link: /^\/people\/demo-iris\/items\//,
  }),
  '/people/:id/items/:type/:rid/raw': staff(asha, '/people/demo-iris/items/Patient/demo-iris/raw'),
  '/people/:id/items/:type/:rid/json': file,
  '/people/:id/items/:type/:rid/attachments/:index': file,
  '/people/:id/linkage-details': staff('Ben Carter', '/people/demo-iris/linkage-details'),
  '/proxy-requests': staff('Sue Tanner', '/proxy-requests'),
  '/proxy-requests/:id': staff('Sue Tanner', { on: '/proxy-requests', link: /^\/proxy-requests\/[^/]+$/ }),
  '/proxy-requests/:id/approve': staff('Sue Tanner', {
    on: '/proxy-requests',
    link: /^\/proxy-requests\/[^/]+$/,
    after: '/approve',
  }),
  '/proxy-requests/:id/refuse': onward,
  '/proxy-requests/:id/end': onward,
  '/emergency-access': staff(asha, '/emergency-access'),
  '/emergency-access/ask': staff(asha, '/emergency-access/ask?person=demo-walter'),
  '/governance': staff(priya, '/governance'),
  '/governance/findings': staff(priya, '/governance/findings'),
  '/governance/findings/:id': onward,
  '/governance/questions': staff(priya, '/governance/questions'),
  '/governance/questions/:id': onward,
  '/governance/emergencies': staff(priya, '/governance/emergencies'),
  '/governance/log': staff(priya, '/governance/log'),
  '/governance/log.csv': file,
  '/triage': staff(asha, '/triage'),
  '/triage/mark': machine,
  '/triage/settings': staff('Sue Tanner', '/triage/settings'),
  '/triage/templates': staff(asha, '/triage/templates'),
  '/triage/:task': staff(asha, openRequest('')),
  '/triage/:task/reply': staff(asha, openRequest('/reply')),
  '/triage/:task/ask': staff(asha, openRequest('/ask')),
  '/triage/:task/book': staff(asha, openRequest('/book')),
  '/triage/:task/send': staff(asha, openRequest('/send')),
  '/triage/:task/refer': staff(asha, openRequest('/refer')),
  '/triage/:task/urgency': staff(asha, openRequest('/urgency')),
  '/triage/:task/assign': staff(asha, openRequest('/assign')),
  '/triage/:task/close': staff(asha, openRequest('/close')),
  '/triage/:task/visit': onward,
  '/triage/:task/reopen': not('needs a closed request, tried by the tests of the queue'),
  '/triage/:task/match': not('needs a request of someone not matched, tried by the tests of the queue'),
  '/consultations': staff(asha, '/consultations'),
  '/consultations/new': onward,
  '/consultations/codes': machine,
  '/consultations/:id': staff(asha, { on: '/consultations', link: /^\/consultations\/[0-9a-f-]{36}$/ }),
  '/api-clients': staff(alex, '/api-clients'),
  '/api-clients/new': staff(alex, '/api-clients/new'),
  '/api-clients/:id': onward,
  '/api-clients/:id/edit': onward,
  '/accounts': staff(alex, '/accounts'),
  '/accounts.csv': file,
  '/accounts/new': staff(alex, '/accounts/new'),
  '/accounts/:id': staff(alex, { on: '/accounts', link: /^\/accounts\/[0-9a-f-]{36}$/ }),
  '/accounts/:id/posts/new': staff(alex, {
    on: '/accounts?find=Haddad',
    link: /^\/accounts\/[0-9a-f-]{36}$/,
    after: '/posts/new',
  }),
  '/lines/plans': staff('Dev Malhotra', '/lines/plans'),
  '/lines/plans/new': staff('Dev Malhotra', '/lines/plans/new'),
  '/lines/plans/sources': staff('Dev Malhotra', '/lines/plans/sources'),
  '/lines/plans/compare': staff('Dev Malhotra', '/lines/plans/compare'),
  '/lines/plans/roads': staff('Dev Malhotra', '/lines/plans/roads'),
  '/lines/plans/:id': staff('Dev Malhotra', aPlan('')),
  '/lines/plans/:id/map': staff('Dev Malhotra', aPlan('/map')),
  '/lines/plans/:id/agree': staff('Dev Malhotra', aPlan('/agree')),
  '/lines/plans/:id/study': staff('Dev Malhotra', aPlan('/study')),
  '/lines/plans/:id/stop': staff('Dev Malhotra', aPlan('/stop')),
  '/lines/plans/:id/sites.csv': file,
  '/lines/rules': { where: '/lines/rules', patients: false },
  '/lines/api/rules': machine,
  '/lines/api/sites/:id/capability': machine,
  '/lines/sites/:id/care': staff('Dev Malhotra', '/lines/sites/demo-hilltop/care'),
  '/lines/held-back': staff('Dev Malhotra', '/lines/held-back'),
  '/lines/held-back.csv': file,

  '/ndt/v7/download': machine,
  '/ndt/v7/upload': machine,
  '/lines/api/locate': machine,
  '/lines/api/locate/:token': machine,
  '/lines/test': staff('Dev Malhotra', '/lines/test'),
  '/lines/test/:site': staff('Sue Tanner', '/lines/test/demo-harbour'),
  '/lines/sites/:id/readings': staff('Sue Tanner', '/lines/sites/demo-harbour/readings'),
  '/lines/sites/:id/readings.csv': file,
  '/lines/sites/:id/readings.json': machine,
  '/lines/sites/:id/probes': staff('Sue Tanner', '/lines/sites/demo-harbour/probes'),
  '/lines/sites/:id/probes/:token': not('needs a token that was made, tried by the tests of measuring'),
  '/lines/sites/:id/test-times': staff('Sue Tanner', '/lines/sites/demo-harbour/test-times'),
  '/lines/sites/:id/results': staff('Sue Tanner', '/lines/sites/demo-harbour/results'),
  '/lines/incidents': staff('Dev Malhotra', '/lines/incidents'),
  '/lines/incidents/:id': staff('Dev Malhotra', {
    on: '/lines/incidents',
    link: /^\/lines\/incidents\/[0-9a-f-]{36}$/,
  }),
  '/lines/alerts': staff('Dev Malhotra', '/lines/alerts'),
};
