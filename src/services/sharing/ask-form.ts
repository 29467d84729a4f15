/** The form that asks to act for someone. */
import { z } from 'zod';
import { longestText } from '../../access/proxies/proxies.ts';
import { proxyRelationship } from '../../access/proxies/relationships.ts';
import { type ProxyScope, proxyScopes } from '../../access/sight/proxy-grant.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, dateField, judgedField, requiredText, textField } from '../../web/forms/fields.ts';
import { nhsNumberIn } from '../../web/person-fields.ts';

/** `today` as `2026-11-22`. */
export const askForm = (today: string) =>
  defineForm({
    fields: {
      personName: requiredText('person-name', {
        missing: 'Enter their full name',
        what: 'Full name',
        most: 200,
      }),
      nhsNumber: judgedField('nhs-number', (typed) => {
        const number = nhsNumberIn(typed);
        return number === '' ? { field: 'nhs-number', text: 'Enter their NHS number' } : number;
      }),
      born: dateField('born', 'Date of birth', (day) =>
        day > today ? { field: 'born-year', text: 'Date of birth must not be in the future' } : undefined,
      ),
      relationship: textField(
        'relationship',
        z.string().refine((code) => proxyRelationship(code), 'Select what you are to them'),
      ),
      scopes: choicesField('scope', scopesAsked),
      evidence: requiredText('evidence', {
        missing: 'Say what shows that you may act for them',
        what: 'What shows it',
        most: longestText,
      }),
    },
  });

/** In the order of the page; what we do not know is left out. */
const scopesAsked = z
  .array(z.string())
  .transform((sent): readonly ProxyScope[] => proxyScopes.filter((scope) => sent.includes(scope)))
  .refine((scopes) => scopes.length > 0, 'Select one or more things that you want to do for them');
