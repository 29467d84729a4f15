/** The form that agrees to a request. */
import { z } from 'zod';
import { longestText, longestYears } from '../../access/proxies/proxies.ts';
import type { ProxyRequest } from '../../access/proxies/proxy.ts';
import { ageRule } from '../../access/sight/age-rules.ts';
import { type ProxyScope, proxyScopes } from '../../access/sight/proxy-grant.ts';
import { localMoment } from '../../web/dates.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, dateField, requiredText, textField } from '../../web/forms/fields.ts';

/** What may be agreed to depends on what was asked for, and on the age of the patient today. */
export function approvalForm(request: ProxyRequest, now: number) {
  const { key: today, year } = localMoment(now);
  const last = `${year + longestYears}${today.slice(4)}`;
  return defineForm({
    fields: {
      scopes: choicesField(
        'scope',
        z
          .array(z.string())
          .transform((sent): readonly ProxyScope[] =>
            proxyScopes.filter((scope) => sent.includes(scope) && request.scopes.includes(scope)),
          )
          .refine((scopes) => scopes.length > 0, 'Select one or more things that they can do'),
      ),
      basis: textField(
        'basis',
        z.enum(ageRule(request.birthDate, now).bases, 'Select why they may act for this person'),
      ),
      until: dateField('until', 'Last day', (day) => {
        if (day < today) return { field: 'until-day', text: 'Last day must be today or later' };
        if (day <= last) return undefined;
        return { field: 'until-year', text: `Last day must be at most ${longestYears} years from today` };
      }),
      checked: requiredText('checked', {
        missing: 'Say what you saw or heard that shows it',
        what: 'What you saw',
        most: longestText,
      }),
    },
  });
}
