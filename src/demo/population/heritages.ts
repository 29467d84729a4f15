/**
 * Where families come from, which category of the NHS data dictionary they say, and which language they would rather speak.
 * Sources: Office for National Statistics, Census 2021, England: ethnic group (TS021), main language (TS024) and proficiency
 * in English (TS029); by age, its pyramid for each group in broad bands.
 */
import type { Random } from '../../platform/random.ts';
import type { Settlement } from '../model.ts';
import type { Heritage } from './names.ts';

export interface Origin {
  /** Code of the NHS data dictionary's ethnic category. */
  readonly ethnicity: string;
  readonly heritage: Heritage;
}

/** Per cent of England's people by the heritage of their home; those of mixed homes come on top. */
const origins: readonly (readonly [Origin, number])[] = [
  [{ ethnicity: 'A', heritage: 'british' }, 74.3],
  [{ ethnicity: 'B', heritage: 'irish' }, 0.9],
  [{ ethnicity: 'C', heritage: 'polish' }, 2.2],
  [{ ethnicity: 'C', heritage: 'romanian' }, 1.5],
  [{ ethnicity: 'C', heritage: 'southern-european' }, 2.2],
  [{ ethnicity: 'C', heritage: 'turkish' }, 0.4],
  [{ ethnicity: 'H', heritage: 'indian' }, 3.1],
  [{ ethnicity: 'J', heritage: 'pakistani' }, 2.6],
  [{ ethnicity: 'K', heritage: 'bangladeshi' }, 1.1],
  [{ ethnicity: 'L', heritage: 'tamil' }, 0.7],
  [{ ethnicity: 'L', heritage: 'filipino' }, 0.5],
  [{ ethnicity: 'L', heritage: 'arab' }, 0.4],
  [{ ethnicity: 'M', heritage: 'caribbean' }, 1.1],
  [{ ethnicity: 'N', heritage: 'west-african' }, 2],
  [{ ethnicity: 'N', heritage: 'somali' }, 0.6],
  [{ ethnicity: 'P', heritage: 'caribbean' }, 0.5],
  [{ ethnicity: 'R', heritage: 'chinese' }, 0.8],
  [{ ethnicity: 'S', heritage: 'arab' }, 1.2],
  [{ ethnicity: 'S', heritage: 'turkish' }, 0.4],
  [{ ethnicity: 'S', heritage: 'southern-european' }, 0.4],
];

/** How much likelier than in England as a whole a home is of another heritage than British. */
const bySettlement: Readonly<Record<Settlement['kind'], number>> = {
  ...{ city: 1.4, town: 0.75, village: 0.3, hamlet: 0.2 },
};

/** `young`: how much likelier by the age of the home: old couples less, young families more. */
export function originOf(settlement: Settlement, young: number, random: Random): Origin {
  const factor = bySettlement[settlement.kind] * young;
  return random.weighted(
    origins.map(([origin, share]) => [origin, origin.ethnicity === 'A' ? share : share * factor] as const),
  );
}

/** The category of a child whose parents come from here and from there. Source: NHS data dictionary, Ethnic Category. */
export function mixedEthnicity(one: string, other: string): string {
  if (one === other) return one;
  const [white, second] = 'ABC'.includes(one) ? [one, other] : [other, one];
  if (!'ABC'.includes(white)) return 'G';
  if ('ABC'.includes(second)) return 'C';
  if (second === 'M' || second === 'P') return 'D';
  if (second === 'N') return 'E';
  return 'HJKL'.includes(second) ? 'F' : 'G';
}

/** Languages (ISO 639-1) by weight, and how many adults would rather speak one of them than English. */
const languages: Readonly<
  Partial<Record<Heritage, { readonly share: number; readonly of: readonly (readonly [string, number])[] }>>
> = {
  polish: { share: 0.65, of: [['pl', 1]] },
  romanian: { share: 0.7, of: [['ro', 1]] },
  'southern-european': {
    share: 0.5,
    of: [
      ['pt', 3],
      ['es', 2],
      ['it', 2],
      ['el', 1],
    ],
  },
  indian: {
    share: 0.25,
    of: [
      ['pa', 3],
      ['gu', 3],
      ['hi', 1],
    ],
  },
  pakistani: {
    share: 0.3,
    of: [
      ['ur', 3],
      ['pa', 2],
    ],
  },
  bangladeshi: { share: 0.3, of: [['bn', 1]] },
  tamil: { share: 0.35, of: [['ta', 1]] },
  filipino: { share: 0.3, of: [['tl', 1]] },
  'west-african': {
    share: 0.1,
    of: [
      ['yo', 1],
      ['fr', 1],
      ['ak', 1],
    ],
  },
  somali: { share: 0.5, of: [['so', 1]] },
  chinese: { share: 0.45, of: [['zh', 1]] },
  arab: {
    share: 0.5,
    of: [
      ['ar', 4],
      ['fa', 2],
      ['ku', 1],
    ],
  },
  turkish: { share: 0.5, of: [['tr', 1]] },
};

export interface Speech {
  readonly language: string;
  /** Whether they need someone to interpret: one in five of those whose language is another, more of the old. */
  readonly interpreter: boolean;
}

/** `age` in years. Those who grew up here seldom prefer another language. */
export function speechOf(heritage: Heritage, age: number, random: Random): Speech {
  const known = languages[heritage];
  const share = (known?.share ?? 0) * (age < 18 ? 0.25 : 1);
  if (!known || !random.chance(share)) return { language: 'en', interpreter: false };
  return { language: random.weighted(known.of), interpreter: random.chance(age >= 60 ? 0.45 : 0.16) };
}
