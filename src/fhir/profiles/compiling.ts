/** What the parts of a profile's compiler share. */
import type { Walk } from '../validation/walk.ts';
import type { CodeSets } from './code-sets.ts';
import type { Item } from './element-items.ts';
import type { ElementNode } from './element-tree.ts';
import type { Source } from './told-faults.ts';

/** Checks one occurrence, which stands at the place of the walk. */
export type ItemCheck = (item: Item, walk: Walk) => void;

/** What the parts of a profile need of the others. */
export interface Compiling {
  readonly source: Source;
  readonly codeSets: CodeSets;
  /** The tree of another profile, for what its slices are told by. */
  readonly treeOf: (url: string) => ElementNode | undefined;
  /** The type that a profile constrains; undefined where the profile is not known. */
  readonly typeOf: (url: string) => string | undefined;
  /** Checks a value against another profile; undefined where it is not known. Asked when it is needed: profiles may use each other. */
  readonly checkOf: (url: string) => ItemCheck | undefined;
  /** Makes the check of an element of this profile. */
  readonly compile: (node: ElementNode) => ItemCheck;
  /** Told once, of what cannot be checked. */
  readonly note: (message: string) => void;
}
