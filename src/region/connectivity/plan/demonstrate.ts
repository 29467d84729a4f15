/** The demonstration's scenarios: the one that the board agreed to two years ago, and others to compare it with. */
import type { Region } from '../../../demo/model.ts';
import type { NewId } from '../../../platform/ids.ts';
import { localMoment } from '../../../web/dates.ts';
import type { SupplierPrice } from './price-book.ts';
import { planInThread } from './run-in-thread.ts';
import { inputOf, type RunNeeds, startScenario } from './runs.ts';
import { type ScenarioParameters, scenarioOf } from './scenario.ts';

const year = 365.25 * 24 * 3_600_000;

/** The first of the suppliers of fibre digs for less, the others sell leased lines for less. */
const suppliersOf = ({ organisations }: Pick<Region, 'organisations'>): SupplierPrice[] =>
  organisations
    .filter(({ kind, name }) => kind === 'supplier' && /fibre|coast/i.test(name))
    .map(({ name }, i) =>
      i === 0
        ? { supplier: name, technology: 'fttp', percent: 97 }
        : { supplier: name, technology: 'leased', percent: 94 },
    );

interface Wanted {
  readonly name: string;
  readonly parameters: ScenarioParameters;
}

/** The plan of two years ago: shared trenches first, and radio where they never pay. */
function agreedPlan(region: Region, then: number): Wanted {
  const { year: first, key } = localMoment(then);
  return {
    name: `Fibre for the coast and the hills, ${first} to ${first + 4}`,
    parameters: scenarioOf({
      ...{ firstYear: first, budgets: [180_000, 220_000, 220_000, 200_000, 150_000], linesOn: key },
      ...{ technologies: ['fttp', 'mobile'], suppliers: suppliersOf(region), roads: 'demonstration' },
      ...{
        ruralFloor: 10,
        fibreTarget: { percent: 60, by: first + 4 },
        gap: 1,
        seconds: 20,
        mostTogether: 5,
      },
    }),
  };
}

/** Small groups, so that the demonstration is made quickly. */
const few = { mostTogether: 6, seconds: 60 } as const;

function otherPlans(region: Region, now: number): Wanted[] {
  const { year: this_ } = localMoment(now);
  const common = {
    ...{ roads: 'demonstration', suppliers: suppliersOf(region), firstYear: this_ + 1 },
    ...few,
  };
  return [
    {
      name: `What is left, ${this_ + 1} to ${this_ + 3}`,
      parameters: scenarioOf({ ...common, budgets: [250_000, 200_000, 200_000] }),
    },
    {
      name: 'The same with half the money',
      parameters: scenarioOf({ ...common, budgets: [125_000, 100_000, 100_000] }),
    },
    {
      name: `Off copper by ${this_ + 2}, half of the rural sites on fibre`,
      parameters: scenarioOf({
        ...{ ...common, budgets: [500_000, 500_000, 200_000] },
        ...{ ruralFloor: 50, copperBy: this_ + 2 },
      }),
    },
  ];
}

/** What is there stays. Plans the agreed one at once, in a thread; the others as jobs. Throws where it is aborted. */
export async function demonstratePlans(
  needs: RunNeeds & { readonly newId: NewId },
  region: Region,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, newId } = needs;
  const now = clock.now();
  const then = now - 2 * year;
  const known = await store.list();
  const there = new Map(known.map((scenario) => [scenario.name, scenario]));
  const madeBy = 'Dev Malhotra';
  const made = then - 40 * 24 * 3_600_000;
  if (known.every(({ agreed }) => !agreed)) {
    const { name, parameters } = agreedPlan(region, then);
    const id = there.get(name)?.id ?? newId();
    await store.add({ id, name, parameters, base: undefined, made, madeBy });
    const outcome = await planInThread(await inputOf(needs, parameters), { signal });
    // A run that was cut short is no plan that a board agreed to: the next start makes it.
    signal.throwIfAborted();
    await store.keep(id, outcome, 'done', made);
    await store.agree(id, {
      ...{ at: then, by: 'Edith Crane, for the board' },
      note: 'With a report each quarter on what was spent and which sites were reached.',
    });
  }
  for (const [i, { name, parameters }] of otherPlans(region, now).entries()) {
    if (there.has(name)) continue;
    // Each a moment before the one above it in the list.
    await startScenario(needs, {
      ...{ id: newId(), name, parameters, base: undefined, made: now - i * 1000, madeBy },
    });
  }
}
