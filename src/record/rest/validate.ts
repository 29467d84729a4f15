import type { Parameters, Resource } from '@medplum/fhirtypes';
import { quoted } from '../../fhir/message-text.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import { type CompiledProfile, validate } from '../../fhir/validate.ts';
import { type Fault, problem } from '../../platform/problem.ts';
import { resourceOf, type Stored } from '../care-record.ts';
import type { Guides } from '../guides.ts';
import { readResource } from '../prepare.ts';
import { idOf, typeOf } from './address.ts';
import { sendOutcome, warn } from './answer.ts';
import { bytesOf, textOf } from './request-body.ts';
import { only, requestForm } from './request-form.ts';
import { type Interaction, pathOf } from './rest-parts.ts';

const modes = ['create', 'update', 'delete', 'profile'];

interface Asked {
  readonly resource: Resource | undefined;
  readonly mode: string | undefined;
  readonly profile: string | undefined;
}

/**
 * POST [type]/$validate and [type]/[id]/$validate: always 200 and an OperationOutcome, whatever it says of the
 * resource. Source: FHIR R4 Resource operation $validate.
 */
export const validateOperation: Interaction = async (parts, request, reply) => {
  const actor = await parts.actorOf(request);
  const path = pathOf(request);
  const type = typeOf(path['type']);
  const id = path['id'] === undefined ? undefined : idOf(path['id']);
  const form = requestForm(request, ['mode', 'profile']);
  const inQuery = { mode: only(form.parameters, 'mode'), profile: only(form.parameters, 'profile') };
  const sent = bytesOf(request).length > 0 ? readAsked(textOf(request), type) : undefined;
  const mode = sent?.mode ?? inQuery.mode;
  const profile = sent?.profile ?? inQuery.profile;
  if (mode !== undefined && !modes.includes(mode))
    throw problem('invalid', `mode is one of ${modes.join(', ')}, not ${quoted(mode)}.`, {
      where: 'http.query.mode',
    });
  const resource =
    sent?.resource ?? (id === undefined ? undefined : kept(await parts.record.read(actor, type, id)));
  if (!resource)
    throw problem('required', `Send the ${type} to validate, by itself or as “resource” in Parameters.`, {
      status: 400,
      where: 'http.body',
    });
  warn(reply, form);
  const asked = profile === undefined ? undefined : parts.guides?.profiles.find(profile);
  const faults = [
    ...placeFaults(resource, type, id, mode),
    ...validate(resource, { bestPractice: true }),
    ...profileFaults(resource, parts.guides, asked),
  ];
  if (profile !== undefined && !asked) faults.push(unknownProfile(profile));
  return sendOutcome(reply, form, operationOutcome(faults));
};

const kept = (stored: Stored | undefined): Resource | undefined => stored && resourceOf(stored);

/** The resource as sent by itself, or in a Parameters with mode and profile. */
function readAsked(text: string, type: string): Asked {
  const sent = readResource(text);
  if (sent.resourceType !== 'Parameters' || type === 'Parameters')
    return { resource: sent, mode: undefined, profile: undefined };
  const list: unknown = (sent as Parameters).parameter ?? [];
  if (!Array.isArray(list))
    throw problem('structure', 'Parameters.parameter is a list.', { where: 'Parameters.parameter' });
  const named = (name: string): Record<string, unknown> | undefined =>
    list.find((one) => typeof one === 'object' && one !== null && one.name === name);
  const word = (name: string): string | undefined => {
    const value = Object.entries(named(name) ?? {}).find(([key]) => key.startsWith('value'))?.[1];
    return typeof value === 'string' ? value : undefined;
  };
  const resource = named('resource')?.['resource'];
  if (resource !== undefined && (typeof resource !== 'object' || resource === null))
    throw problem('structure', 'The parameter “resource” holds a resource.', {
      where: 'Parameters.parameter',
    });
  return { resource: resource as Resource | undefined, mode: word('mode'), profile: word('profile') };
}

/** What is wrong with a resource at this address, whatever it says itself. */
function placeFaults(
  resource: Resource,
  type: string,
  id: string | undefined,
  mode: string | undefined,
): Fault[] {
  const faults: Fault[] = [];
  const { resourceType, id: own } = resource;
  if (resourceType !== type) {
    const message = `This address is of ${type}, but the resource is a ${quoted(String(resourceType))}.`;
    faults.push({ kind: 'invalid', severity: 'error', message, where: 'resourceType' });
  }
  if (id !== undefined && own !== id && mode !== 'delete') {
    const message =
      own === undefined
        ? `An update of ${type}/${id} needs the id in the resource too.`
        : `The id in the resource is not that of ${type}/${id}.`;
    faults.push({ kind: 'value', severity: 'error', message, where: `${type}.id` });
  }
  if (id === undefined && mode === 'update' && own === undefined) {
    const message = 'An update needs the id in the resource.';
    faults.push({ kind: 'required', severity: 'error', message, where: `${type}.id` });
  }
  return faults;
}

/**
 * Against the profile that was asked for, and those that the resource claims. A resource that breaks the standard is not
 * held to profiles: its faults there would only follow from the others.
 */
function profileFaults(
  resource: Resource,
  guides: Guides | undefined,
  asked: CompiledProfile | undefined,
): Fault[] {
  if (!guides || validate(resource).some(({ severity }) => severity === 'error')) return [];
  const { profiles } = guides;
  const claimed = resource.meta?.profile?.some((url) => profiles.find(url)?.url === asked?.url) ?? false;
  const unknown = profiles.unknownClaims(resource).map((url): Fault => {
    const message = `The profile ${quoted(url)}, which this resource claims, is not known to this server and was not checked.`;
    return {
      kind: 'not-supported',
      severity: 'information',
      message,
      where: `${resource.resourceType}.meta.profile`,
    };
  });
  return [
    ...(asked && !claimed ? asked.check({ ...resource }) : []),
    ...profiles.check(resource),
    ...unknown,
  ];
}

function unknownProfile(profile: string): Fault {
  const message = `The profile ${quoted(profile)} is not known to this server, so the resource was checked against FHIR R4 only.`;
  return { kind: 'not-supported', severity: 'warning', message };
}
