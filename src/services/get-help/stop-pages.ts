/** Stops: call 999, go to A&E, call 111, or see a pharmacist. Nobody is held up who means to go on; what they say to it is kept. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { firstText } from '../../web/addresses.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, textField } from '../../web/forms/fields.ts';
import type { Asking } from './asking.ts';
import { openStops, type Stop } from './draft.ts';
import type { HelpNeeds } from './needs.ts';
import type { ShowPage } from './page-parts.ts';
import { redFlagRules } from './safety/assess.ts';
import { pharmacyPathways, pharmacyRule } from './safety/pharmacy-first.ts';
import { adviceHeadings, type RedFlagRule, weightOf } from './safety/rule.ts';

const answers = ['go', 'not-this', 'on'] as const;
const rules: readonly RedFlagRule[] = [...redFlagRules, ...pharmacyPathways.map(pharmacyRule)];

const todo: Readonly<Record<RedFlagRule['advice'], readonly string[]>> = {
  emergency: [
    'Call 999. Say what is wrong and where you are.',
    'If you cannot speak, press 55 when asked. If you are deaf, text 999 or use the 999 BSL app.',
    'Stay with the person, and unlock the door.',
  ],
  department: [
    'Go to your nearest A&E now. Do not drive yourself if you feel faint or unwell.',
    'If you cannot get there safely, call 999.',
  ],
  '111': [
    'Call 111, or go to 111.nhs.uk. It is free, day and night.',
    'If you are deaf, use 18001 111 or the BSL interpreter service of NHS 111.',
    'If it gets worse, call 999.',
  ],
  pharmacist: [
    'Go to a pharmacy: you need no appointment.',
    'Say that you come for Pharmacy First, and what you have.',
    'If the pharmacist cannot help, they send you on to us.',
  ],
};

export interface ShownStop {
  readonly advice: RedFlagRule['advice'];
  readonly heading: string;
  readonly reasons: readonly { readonly words: string; readonly typed: string; readonly denied: boolean }[];
  readonly todo: readonly string[];
  readonly sources: readonly RedFlagRule['source'][];
}

/** The stops as one page tells them: by the most urgent, with the reason of each. */
export function shownStop(stops: readonly Stop[]): ShownStop | undefined {
  const sorted = [...stops].sort((a, b) => weightOf(b.advice) - weightOf(a.advice));
  const [first] = sorted;
  if (!first) return undefined;
  const ruleOf = ({ id }: Stop) => rules.find((rule) => rule.id === id);
  const top = sorted.filter(({ advice }) => advice === first.advice);
  return {
    advice: first.advice,
    heading: ruleOf(first)?.heading ?? adviceHeadings[first.advice],
    reasons: top.flatMap((stop) => {
      const rule = ruleOf(stop);
      return rule ? [{ words: rule.words, typed: stop.typed ?? '', denied: stop.denied }] : [];
    }),
    todo: todo[first.advice],
    sources: top.flatMap((stop) => ruleOf(stop)?.source ?? []),
  };
}

export function stopPages(app: FastifyInstance, { forms }: HelpNeeds, asking: Asking, show: ShowPage): void {
  forms.add(app, '/get-help/drafts/:draft/stop', {
    about: (request) => asking.askedOf(request),
    form: ({ draft }) => {
      const gentle = openStops(draft).every(({ advice }) => advice === 'pharmacist');
      return defineForm({
        fields: {
          answer: textField('answer', z.enum(answers, 'Select what you will do')),
          sure: choicesField('sure', z.array(z.literal('yes'))),
        },
        check: ({ answer, sure }) =>
          answer === 'on' && !gentle && sure.length === 0
            ? [{ field: 'sure', text: 'Tick to show that you have read this before you go on' }]
            : [],
      });
    },
    show: (reply, { errorPrefix, ...shown }, asked) => {
      const { visitor, person, draft, base } = asked;
      const open = openStops(draft);
      if (open.length === 0) return reply.redirect(base, 303);
      const told = firstText((reply.request.query as Record<string, unknown>)['told']) === 'yes';
      const stop = shownStop(open);
      return show(reply.request, reply, visitor, person, 'stop', {
        ...shown,
        ...{ title: `${errorPrefix}${stop?.heading}`, stop, told, base },
        byWords: open.every(({ by }) => by === 'words'),
        gentle: stop?.advice === 'pharmacist',
        mine: person?.own ?? !visitor.staff,
      });
    },
    act: ({ answer }, asked, { request }) => asking.stopAnswered(request, asked, answer),
  });
}
