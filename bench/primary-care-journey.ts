/**
 * One whole journey through primary care, page by page, as a browser sends it: asks in four pages, the queue, the request, an
 * invitation to book, a time chosen, the answer, and the patient reading it. One step is one HTTP request.
 */
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** ms until the first byte of the answer, and until its last. */
  readonly firstByte: number;
  readonly took: number;
}

export interface Pages {
  readonly get: (path: string, cookie: string) => Promise<Answer>;
  readonly post: (path: string, cookie: string, fields: Fields) => Promise<Answer>;
}
type Fields = readonly (readonly [string, string])[];

export function pagesOver(origin: URL, agent: Agent): Pages {
  const send = (method: string, path: string, cookie: string, body?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const begun = performance.now();
      const asked = request(
        {
          ...{ agent, method, path, host: origin.hostname, port: origin.port },
          headers: {
            ...{ accept: 'text/html', cookie },
            ...(body === undefined
              ? {}
              : {
                  ...{ origin: origin.origin, 'sec-fetch-site': 'same-origin' },
                  'content-type': 'application/x-www-form-urlencoded',
                  'content-length': Buffer.byteLength(body),
                }),
          },
        },
        (answer) => {
          const firstByte = performance.now() - begun;
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () =>
            resolve({
              ...{ status: answer.statusCode ?? 0, headers: answer.headers, firstByte },
              ...{ text: Buffer.concat(parts).toString('utf8'), took: performance.now() - begun },
            }),
          );
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  return {
    get: (path, cookie) => send('GET', path, cookie),
    post: (path, cookie, fields) =>
      send(
        'POST',
        path,
        cookie,
        new URLSearchParams(fields.map(([name, value]) => [name, value])).toString(),
      ),
  };
}

export interface Who {
  readonly practice: string;
  readonly gp: string;
  readonly gpCookie: string;
  readonly patient: string;
  readonly patientCookie: string;
  /** Last day that the patient may choose: year, month, day. */
  readonly until: readonly [string, string, string];
}

/** What a journey knows by now. */
export interface Journey extends Who {
  readonly number: number;
  page: string;
  at: string;
  task: string;
  invitation: string;
  appointment: string;
  /** There was no time left to choose. */
  isFull: boolean;
}

export const newJourney = (who: Who, number: number): Journey => ({
  ...{ ...who, number, page: '', at: '', task: '', invitation: '', appointment: '', isFull: false },
});

export interface Step {
  readonly name: string;
  /** Undefined: nothing to do, as for a booking where no time is left. */
  readonly run: (pages: Pages, journey: Journey) => Promise<Answer | undefined>;
}

const hiddenOf = (text: string): Fields =>
  [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);

/** Throws where the page is not the one that comes next. */
function expect(answer: Answer, status: number, step: string): Answer {
  if (answer.status === status) return answer;
  const words = answer.text.replace(/[\s\S]*<main[^>]*>/, '').replaceAll(/<[^>]+>/g, ' ');
  throw new Error(
    `${step}: ${answer.status} instead of ${status}: ${words.replaceAll(/\s+/g, ' ').slice(0, 300)}`,
  );
}
const placeOf = (answer: Answer): string => answer.headers.location ?? '';

type Part = (journey: Journey) => string;
const open = (name: string, path: Part, cookie: Part): Step => ({
  name,
  run: async (pages, journey) => {
    const answer = expect(await pages.get(path(journey), cookie(journey)), 200, name);
    journey.page = answer.text;
    return answer;
  },
});
const send = (
  name: string,
  path: Part,
  cookie: Part,
  fields: (journey: Journey) => Fields,
  keep: (journey: Journey, place: string) => void = (journey, place) => {
    journey.at = place;
  },
): Step => ({
  name,
  run: async (pages, journey) => {
    const body = [...hiddenOf(journey.page), ...fields(journey)];
    const answer = expect(await pages.post(path(journey), cookie(journey), body), 303, name);
    keep(journey, placeOf(answer));
    return answer;
  },
});

const patient: Part = ({ patientCookie }) => patientCookie;
const gp: Part = ({ gpCookie }) => gpCookie;
const here: Part = ({ at }) => at;
const triage =
  (after: string): Part =>
  (journey) =>
    `/triage/${journey.task}${after}`;
/** Booked by many at once, a time may go before it is sent: the next is chosen, as people do. */
const mostTries = 8;
const timesIn = (text: string): readonly string[] =>
  [...text.matchAll(/name="slot" type="radio" value="([^"]+)"/g)].map(([, value = '']) => value);

export const answerText = ({ number }: Journey): string => `Bench answer ${number}: rest and drink enough.`;

export const steps: readonly Step[] = [
  open('Ask: first page', () => '/get-help', patient),
  send(
    'Ask: send words',
    () => '/get-help',
    patient,
    ({ number }) => [['words', `Bench ${number}: my heel is sore in the mornings and I limp.`]],
  ),
  open('Ask: more', here, patient),
  send('Ask: send more', here, patient, () => [
    ['since', 'weeks'],
    ['worse', 'same'],
    ['want', 'Some advice'],
  ]),
  open('Ask: how', here, patient),
  send('Ask: send how', here, patient, () => [
    ['modes', 'telephone'],
    ['times', 'Mornings'],
    ['interpreter', ''],
    ['clinician', ''],
  ]),
  open('Ask: check', here, patient),
  send(
    'Ask: send request',
    here,
    patient,
    () => [],
    (journey, place) => {
      journey.task = place.split('/').at(-1) ?? '';
    },
  ),
  open('Queue', () => '/triage', gp),
  open('Request', triage(''), gp),
  open('Invite: page', triage('/book'), gp),
  send('Invite: send', triage('/book'), gp, ({ gp: clinician, until: [year, month, day] }) => [
    ['mode', 'telephone'],
    ['minutes', '10'],
    ['clinician', `Practitioner/${clinician}`],
    ['until-day', day],
    ['until-month', month],
    ['until-year', year],
    ['words', 'Choose a time that suits you.'],
  ]),
  {
    name: 'Book: what to answer',
    run: async (pages, journey) => {
      const answer = expect(
        await pages.get(`/appointments/for/${journey.patient}`, journey.patientCookie),
        200,
        'Book',
      );
      journey.invitation = /\/appointments\/book\/([A-Za-z0-9-]+)/.exec(answer.text)?.[1] ?? '';
      if (journey.invitation === '') throw new Error('Book: there is no invitation');
      return answer;
    },
  },
  {
    name: 'Book: times',
    run: async (pages, journey) => {
      const path = `/appointments/book/${journey.invitation}`;
      const answer = expect(await pages.get(path, journey.patientCookie), 200, 'Book: times');
      journey.page = answer.text;
      journey.isFull = timesIn(answer.text).length === 0;
      return answer;
    },
  },
  {
    name: 'Book: choose',
    run: async (pages, journey) => {
      if (journey.isFull) return undefined;
      const path = `/appointments/book/${journey.invitation}`;
      for (let tries = 0; ; tries += 1) {
        const times = timesIn(journey.page);
        const slot = times[(journey.number + tries * 7) % Math.max(1, times.length)];
        if (slot === undefined) throw new Error('Book: choose: no times on the page');
        const answer = await pages.post(path, journey.patientCookie, [
          ...hiddenOf(journey.page),
          ['slot', slot],
          ['interpreter', ''],
        ]);
        if (answer.status !== 303 && tries < mostTries && [409, 422].includes(answer.status)) {
          // The page of what went wrong shows the times that are left.
          if (timesIn(answer.text).length > 0) journey.page = answer.text;
          continue;
        }
        expect(answer, 303, 'Book: choose');
        journey.appointment = /\/appointments\/([A-Za-z0-9-]+)/.exec(placeOf(answer))?.[1] ?? '';
        return answer;
      }
    },
  },
  {
    name: 'Book: booked',
    run: async (pages, journey) =>
      journey.isFull
        ? undefined
        : expect(
            await pages.get(`/appointments/${journey.appointment}?done=booked`, journey.patientCookie),
            200,
            'Book: booked',
          ),
  },
  open('Answer: page', triage('/reply'), gp),
  send('Answer: send and close', triage('/reply'), gp, (journey) => [
    ['words', answerText(journey)],
    ['after', 'close'],
  ]),
  {
    name: 'Patient reads it',
    run: async (pages, journey) =>
      expect(
        await pages.get(`/get-help/requests/${journey.task}`, journey.patientCookie),
        200,
        'Patient reads it',
      ),
  },
];
