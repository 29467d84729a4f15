/** Reads the record again after the load: each journey left one closed request, one booking of a time of its own and two messages. */
import type { Appointment, Bundle, Communication, Resource, Task } from '@medplum/fhirtypes';
import { stageOf, taskKindOf } from '../src/fhir/primary-care.ts';
import type { Done } from './primary-care-load.ts';
import type { Server } from './servers.ts';

export interface Checked {
  readonly requests: number;
  readonly appointments: number;
  readonly messages: number;
  readonly faults: readonly string[];
}

async function all<T extends Resource>(server: Server, query: string): Promise<readonly T[]> {
  const found: T[] = [];
  let next: string | undefined = new URL(`/fhir/${query}`, server.url).href;
  while (next !== undefined) {
    const answer: Response = await fetch(next, { headers: { authorization: server.authorization ?? '' } });
    const bundle = (await answer.json()) as Bundle<T>;
    if (!answer.ok) throw new Error(`${query}: ${answer.status} ${JSON.stringify(bundle).slice(0, 300)}`);
    for (const { resource, search } of bundle.entry ?? [])
      if (resource && search?.mode !== 'outcome') found.push(resource);
    const link: string | undefined = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    next = link === undefined ? undefined : new URL(link, server.url).href;
  }
  return found;
}

/** `unfinished`: journeys that failed on their way; what they left may be there or not. */
export async function checkJourneys(
  server: Server,
  done: readonly Done[],
  unfinished: number,
): Promise<Checked> {
  const tasks = (await all<Task>(server, 'Task?code=help,book&_count=500')).filter(
    ({ id }) => !id?.startsWith('bench-open-'),
  );
  const requests = tasks.filter((task) => taskKindOf(task) === 'help');
  const byId = new Map(requests.map((task) => [task.id ?? '', task]));
  const appointments = await all<Appointment>(server, 'Appointment?status=booked&_count=500');
  const messages = new Map(
    (await all<Communication>(server, 'Communication?_count=500')).map((one) => [
      `Communication/${one.id}`,
      one,
    ]),
  );
  const faults: string[] = [];
  for (const { task, appointment, isFull } of done) {
    const request = byId.get(task);
    if (!request) {
      faults.push(`request ${task} is lost`);
      continue;
    }
    if (stageOf(request) !== 'closed') faults.push(`request ${task} is ${stageOf(request)}, not closed`);
    const came = (request.output ?? []).map(({ valueReference }) => valueReference?.reference ?? '');
    const of = (type: string) => came.filter((to) => to.startsWith(`${type}/`));
    if (of('Communication').length !== 2 || of('Communication').some((to) => !messages.has(to)))
      faults.push(`request ${task} has ${of('Communication').length} messages, not 2`);
    if (of('Task').length !== 1) faults.push(`request ${task} has ${of('Task').length} invitations, not 1`);
    if (!isFull && of('Appointment').join() !== `Appointment/${appointment}`)
      faults.push(
        `request ${task} has appointments ${of('Appointment').join() || 'none'}, not ${appointment}`,
      );
  }
  const slots = new Map<string, string>();
  for (const { id = '', slot = [] } of appointments)
    for (const { reference = '' } of slot) {
      const other = slots.get(reference);
      if (other !== undefined) faults.push(`${reference} is booked by ${other} and ${id}`);
      slots.set(reference, id);
    }
  const known = new Set(appointments.map(({ id }) => id));
  for (const { appointment, isFull } of done)
    if (!isFull && !known.has(appointment)) faults.push(`appointment ${appointment} is lost`);
  const extra = (what: string, found: number, wanted: number) => {
    if (found < wanted || found > wanted + unfinished)
      faults.push(`${found} ${what} for ${wanted} journeys and ${unfinished} that were not finished`);
  };
  extra('requests', requests.length, done.length);
  extra('appointments', appointments.length, done.filter(({ isFull }) => !isFull).length);
  return { requests: requests.length, appointments: appointments.length, messages: messages.size, faults };
}
