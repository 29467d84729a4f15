/** All common problems, and how one is found: by a body area or by words for it. */
import { headAndChest } from './head-and-chest.ts';
import { intimateAndMind } from './intimate-and-mind.ts';
import { moving } from './moving.ts';
import type { BodyArea, Problem } from './problem.ts';
import { tummyAndSkin } from './tummy-and-skin.ts';

export const problems: readonly Problem[] = [
  ...headAndChest,
  ...tummyAndSkin,
  ...moving,
  ...intimateAndMind,
].sort((a, b) => a.title.localeCompare(b.title, 'en-GB'));

export const problemByKey = (key: string): Problem | undefined => problems.find((one) => one.key === key);

export const problemsOf = (area: BodyArea): readonly Problem[] =>
  problems.filter(({ areas }) => areas.includes(area));
