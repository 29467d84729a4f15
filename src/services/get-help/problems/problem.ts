/** A common problem: what it is called, what is asked about it, which answers are red flags, and what someone can do themself. */
import type { Source } from '../safety/rule.ts';

export const bodyAreas = {
  head: 'Head and face',
  eyes: 'Eyes',
  throat: 'Ears, nose and throat',
  chest: 'Chest and breathing',
  tummy: 'Tummy and bowels',
  back: 'Back and neck',
  arms: 'Arms and hands',
  legs: 'Legs and feet',
  skin: 'Skin, hair and nails',
  wee: 'Bladder and private parts',
  women: 'Periods, pregnancy and breasts',
  mind: 'Mind and sleep',
  whole: 'Whole body, or something else',
} as const;
export type BodyArea = keyof typeof bodyAreas;

export interface AskedOne {
  readonly id: string;
  readonly text: string;
  readonly kind: 'one' | 'some' | 'number' | 'line' | 'yes-no';
  readonly options?: readonly string[];
  readonly unit?: string;
  readonly least?: number;
  readonly most?: number;
  readonly help?: string;
  /** Asked where that earlier one has this answer: an option's text, or `yes`. */
  readonly when?: readonly [id: string, answer: string];
}

export interface Problem {
  readonly key: string;
  /** Raised with every change to what is asked or told. */
  readonly version: number;
  readonly title: string;
  /** Other words for it, by which it is found. */
  readonly also: string;
  readonly areas: readonly BodyArea[];
  readonly sources: readonly Source[];
  /** What stops: the words that are ticked, and the id of the rule that they fire. */
  readonly flags: readonly (readonly [text: string, rule: string])[];
  /** What does not stop, and asks for someone to look within days. Source: NICE NG12, unless the problem's own. */
  readonly worries: readonly string[];
  readonly asks: readonly AskedOne[];
  /** What can be done at home. */
  readonly care: readonly string[];
  /** Id of a pathway of Pharmacy First. */
  readonly pharmacy?: string;
}

type Parts = Omit<Problem, 'sources' | 'version' | 'worries' | 'asks' | 'key' | 'title'> & {
  readonly nhs: string;
  readonly cks: string;
  readonly version?: number;
  readonly worries?: readonly string[];
  readonly asks?: readonly AskedOne[];
};

/** A problem with its two sources: the page of the NHS website by its path, and the topic of NICE CKS by its title. */
export function problemOf(key: string, title: string, parts: Parts): Problem {
  const { nhs, cks, version = 1, worries = [], asks = [], ...rest } = parts;
  return {
    ...{ key, title, version, worries, asks, ...rest },
    sources: [
      { name: `NHS website: ${title}`, url: `https://www.nhs.uk/${nhs}/` },
      { name: `NICE CKS: ${cks}`, url: `https://cks.nice.org.uk/topics/${slugOf(cks)}/` },
    ],
  };
}

const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
