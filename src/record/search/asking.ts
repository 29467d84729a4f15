import type { Operand } from '../../fhir/search-query.ts';
import type { SearchPath } from '../../fhir/search-values.ts';
import type { Key } from '../keys.ts';
import type { Condition, Source } from './condition.ts';
import type { Codings } from './value-conditions.ts';

/** A resource's place and name, as an inner search gives it. */
export interface Place {
  readonly person: Key;
  readonly pk: string;
  readonly id: string;
}

/** What conditions need to ask while they are being worked out. */
export interface Asking {
  readonly now: number;
  /**
   * `free`: the search has this condition alone and asks for no order or total, so the condition may say in what order
   * results are found soonest. `linked`: a later page of one whose condition has said so.
   */
  readonly order: 'free' | 'linked' | 'set';
  /** SQL: the actor may see the row of `resource` under the alias. Part of every look at another resource. */
  readonly seen: Condition['test'];
  readonly codings: Codings;
  /** The first resources of the type that pass, as the same actor may see them: at most `most`. */
  places(type: string, condition: Condition, most: number): Promise<readonly Place[]>;
  /** The people in whose compartments resources of the type that pass live; undefined where more than `most` pass. */
  people(type: string, condition: Condition, most: number): Promise<readonly Key[] | undefined>;
  /** `Type/id` of all that resources of the type that pass point at by the paths; undefined where more than `most` pass. */
  pointedAt(
    type: string,
    condition: Condition,
    paths: readonly SearchPath[],
    most: number,
  ): Promise<readonly string[] | undefined>;
  /** About how many resources of a type there are. */
  about(type: string): Promise<number>;
  /** How many a source lists, at most 1,001. */
  count(source: Source, types: readonly number[]): Promise<number>;
  /** Codes that `:in`, `:above` and `:below` stand for; throws a Problem where they are not known. */
  codes(modifier: 'in' | 'above' | 'below', operand: Operand, where: string): Promise<readonly Operand[]>;
  /** `Type/id` of the items of a List; none where there is no such list. */
  listItems(id: string): Promise<readonly string[]>;
}
