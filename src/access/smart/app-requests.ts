/** A request of an app, between the provider and the page where the person answers it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Clock } from '../../platform/clock.ts';
import { problem } from '../../platform/problem.ts';
import type { Identity } from '../identity.ts';
import type { Approvals } from './approvals.ts';
import type { ClientRegister } from './clients.ts';
import type { LaunchContext, Launches } from './launches.ts';
import { lifetimes } from './lifetimes.ts';
import { contextScopes, covers, parseScopes, splitScopes } from './scopes.ts';

/** The exchange with the browser: the provider knows the request by its cookie. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly reply: ServerResponse;
}

export interface AppRequest {
  readonly id: string;
  readonly client: { readonly id: string; readonly name: string };
  /** What it asks for and may have, each scope once. */
  readonly scopes: readonly string[];
  /** Scheme, host and port of the address that the person returns to. */
  readonly returnOrigin: string;
  /** It needs a patient, whom the person must choose where no launch named one. */
  readonly needsPatient: boolean;
  /** Opened from here; `undefined` within: the launch is unknown, used or lapsed. */
  readonly launch?: { readonly context: LaunchContext | undefined };
}

export interface AppRequests {
  /** Throws a Problem (410) where the request has lapsed or is another browser's. */
  readonly read: (exchange: Exchange, identity: Identity) => Promise<AppRequest>;
  /**
   * Gives what was asked for. `patient`: id of the Patient in context; the caller has made sure that the person may see
   * that record. Answers the address to send the browser to.
   */
  readonly approve: (exchange: Exchange, identity: Identity, patient: string | undefined) => Promise<string>;
  readonly refuse: (exchange: Exchange) => Promise<string>;
}

export interface AppRequestParts {
  readonly provider: () => Promise<Provider>;
  readonly clients: ClientRegister;
  readonly approvals: Approvals;
  readonly launches: Launches;
  readonly clock: Clock;
  readonly fhirBase: string;
  readonly baseUrl: string;
}

export function openAppRequests(parts: AppRequestParts): AppRequests {
  const { clients, launches, approvals, clock, fhirBase } = parts;

  const waiting = async ({ request, reply }: Exchange) => {
    const provider = await parts.provider();
    try {
      const details = await provider.interactionDetails(request, reply);
      return { provider, details };
    } catch (cause) {
      const { errors } = await import('oidc-provider');
      if (!(cause instanceof errors.SessionNotFound)) throw cause;
      throw problem('deleted', 'This request of the app has lapsed. Go back to the app and open it again.', {
        cause,
      });
    }
  };

  const read: AppRequests['read'] = async (exchange, identity) => {
    const { details } = await waiting(exchange);
    const params = details.params as Readonly<Record<string, string | undefined>>; // text, as assembled from the query
    const client = await clients.find(params['client_id'] ?? '');
    if (!client || client.disabled !== undefined)
      throw problem('deleted', 'This app may not be used here any more.');
    const scopes = splitScopes(params['scope'] ?? '').filter((scope) => covers(client.scopes, scope));
    const launch = params['launch'];
    return {
      id: details.uid,
      client: { id: client.id, name: client.name },
      scopes,
      returnOrigin: new URL(params['redirect_uri'] ?? parts.baseUrl).origin,
      needsPatient:
        scopes.includes('launch/patient') ||
        scopes.includes('launch/encounter') ||
        parseScopes(scopes.join(' ')).some((scope) => scope.level === 'patient'),
      ...(launch === undefined
        ? {}
        : { launch: { context: await launches.look(launch, client.id, identity.account) } }),
    };
  };

  return {
    read,

    async approve(exchange, identity, chosen) {
      const asked = await read(exchange, identity);
      const { provider, details } = await waiting(exchange);
      const params = details.params as Readonly<Record<string, string | undefined>>;
      const launched = params['launch']
        ? await launches.take(params['launch'], asked.client.id, identity.account)
        : undefined;
      if (params['launch'] && !launched)
        throw problem(
          'deleted',
          'The app was opened with a link that works once. Open the app again from here.',
        );
      const patient = launched?.patient ?? chosen;
      if (asked.needsPatient && patient === undefined)
        throw problem('required', 'Choose whose record the app may use.', { where: 'patient' });
      if (asked.scopes.length === 0)
        throw problem('business-rule', 'The app asks for nothing that it may have.');

      const grant = new provider.Grant({ accountId: identity.account, clientId: asked.client.id });
      const own = asked.scopes.filter((scope) => contextScopes.some((known) => known === scope));
      if (own.length > 0) grant.addOIDCScope(own.join(' '));
      // Scopes known to the provider itself that the app may not have: answered, so that it does not ask again.
      const refused = splitScopes(params['scope'] ?? '').filter(
        (scope) => contextScopes.some((known) => known === scope) && !own.includes(scope),
      );
      if (refused.length > 0) grant.rejectOIDCScope(refused.join(' '));
      grant.addResourceScope(fhirBase, asked.scopes.join(' '));
      const grantId = await grant.save();
      const now = clock.now();
      await approvals.add({
        grant: grantId,
        client: asked.client.id,
        identity,
        scopes: asked.scopes.join(' '),
        ...(asked.needsPatient || launched ? patientContext(patient, launched) : {}),
        extras: {
          need_patient_banner: launched?.needPatientBanner ?? true,
          ...(launched?.intent === undefined ? {} : { intent: launched.intent }),
        },
        made: now,
        expires: now + lifetimes.grant * 1000,
      });
      return provider.interactionResult(exchange.request, exchange.reply, {
        login: { accountId: identity.account, remember: false },
        consent: { grantId },
      });
    },

    async refuse(exchange) {
      const { provider } = await waiting(exchange);
      return provider.interactionResult(exchange.request, exchange.reply, {
        error: 'access_denied',
        error_description: 'The person did not agree',
      });
    },
  };
}

const patientContext = (patient: string | undefined, launched: LaunchContext | undefined) => ({
  ...(patient === undefined ? {} : { patient }),
  ...(launched?.encounter === undefined ? {} : { encounter: launched.encounter }),
});
