/** All common problems, and how one is found: by a body area or by words for it. */
import { bodyAndMind } from './body-and-mind.ts';
import { headAndChest } from './head-and-chest.ts';
import type { BodyArea, Problem } from './problem.ts';
import { tummyAndSkin } from './tummy-and-skin.ts';

export const problems: readonly Problem[] = [...headAndChest, ...tummyAndSkin, ...bodyAndMind].sort((a, b) =>
  a.title.localeCompare(b.title, 'en-GB'),
);

export const problemByKey = (key: string): Problem | undefined => problems.find((one) => one.key === key);

export const problemsOf = (area: BodyArea): readonly Problem[] =>
  problems.filter(({ areas }) => areas.includes(area));
