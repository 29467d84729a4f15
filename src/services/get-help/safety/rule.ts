/** What a red-flag rule is. The rules are data: each has a version, to be raised with every change, and a public source. */

/** From the most urgent to the least. `emergency`: call 999. `department`: go to A&E. */
export const adviceLevels = ['emergency', 'department', '111', 'pharmacist'] as const;
export type Advice = (typeof adviceLevels)[number];

/** 4 for 999, 1 for the pharmacist, 0 for none: higher is more urgent. */
export const weightOf = (advice: Advice | undefined): number =>
  advice === undefined ? 0 : adviceLevels.length - adviceLevels.indexOf(advice);

export interface Source {
  readonly name: string;
  readonly url: string;
}

export interface RedFlagRule {
  readonly id: string;
  readonly version: number;
  readonly advice: Advice;
  /** What to do, as a heading: “Call 999 now”. Default: that of its advice. */
  readonly heading?: string;
  /** Why, in plain words: a sentence or two. */
  readonly words: string;
  readonly source: Source;
  /**
   * What someone may type, in the language of `match-words.ts`; none: only the answer to a question fires it. Any one is enough.
   */
  readonly phrases: readonly string[];
}

export const adviceHeadings: Readonly<Record<Advice, string>> = {
  emergency: 'Call 999 now',
  department: 'Go to A&E now',
  '111': 'Call 111 now',
  pharmacist: 'A pharmacist can help you today',
};

/** `chest-pain@3`. */
export const nameOfRule = ({ id, version }: Pick<RedFlagRule, 'id' | 'version'>): string =>
  `${id}@${version}`;

const nhs = (name: string, path: string): Source => ({
  name: `NHS website: ${name}`,
  url: `https://www.nhs.uk/${path}/`,
});
const cks = (title: string, path: string): Source => ({
  name: `NICE CKS: ${title}`,
  url: `https://cks.nice.org.uk/topics/${path}/`,
});
const nice = (title: string, code: string): Source => ({
  name: `NICE ${code.toUpperCase()}: ${title}`,
  url: `https://www.nice.org.uk/guidance/${code}`,
});
export const from = { nhs, cks, nice } as const;
