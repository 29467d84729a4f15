/** The demonstration's scenarios: the one that the board agreed to two years ago, and others to compare it with. */
import type { Region } from '../../../demo/model.ts';
import type { NewId } from '../../../platform/ids.ts';
import { localMoment } from '../../../web/dates.ts';
import type { SupplierPrice } from './price-book.ts';
import { planInThread } from './run-in-thread.ts';
import { inputOf, type RunNeeds, startScenario } from './runs.ts';
import { scenarioOf } from './scenario.ts';

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

/** Does nothing where there are scenarios already. Plans the agreed one at once, in a thread; the others as jobs. */
export async function demonstratePlans(
  needs: RunNeeds & { readonly newId: NewId },
  region: Region,
): Promise<void> {
  const { store, clock, newId } = needs;
  if ((await store.list()).length > 0) return;
  const now = clock.now();
  const then = now - 2 * year;
  const [first, this_] = [localMoment(then).year, localMoment(now).year];
  const common = { roads: 'demonstration', suppliers: suppliersOf(region), seconds: 60 };
  const agreed = scenarioOf({
    ...{ ...common, firstYear: first, budgets: [250_000, 300_000, 300_000, 250_000, 200_000] },
    ...{ ruralFloor: 30, linesOn: localMoment(then).key, gap: 1, seconds: 20 },
  });
  const outcome = await planInThread(await inputOf(needs, agreed));
  const id = newId();
  const madeBy = 'Dev Malhotra';
  await store.add({
    ...{ id, name: `Fibre for the coast and the hills, ${first} to ${first + 4}`, parameters: agreed },
    ...{ base: undefined, made: then - 40 * 24 * 3_600_000, madeBy },
  });
  await store.keep(id, outcome, 'done', then - 40 * 24 * 3_600_000);
  await store.agree(id, {
    ...{ at: then, by: 'Edith Crane' },
    note: 'Agreed by the board, with a report on spending and sites reached each quarter.',
  });
  const others = [
    {
      name: `What is left, ${this_ + 1} to ${this_ + 3}`,
      parameters: scenarioOf({ ...common, firstYear: this_ + 1, budgets: [250_000, 200_000, 200_000] }),
    },
    {
      name: 'The same with half the money',
      parameters: scenarioOf({ ...common, firstYear: this_ + 1, budgets: [125_000, 100_000, 100_000] }),
    },
    {
      name: `Off copper by ${this_ + 2}, rural sites first`,
      parameters: scenarioOf({
        ...{ ...common, firstYear: this_ + 1, budgets: [300_000, 300_000, 100_000] },
        ...{ ruralFloor: 60, copperBy: this_ + 2 },
      }),
    },
  ];
  for (const [i, { name, parameters }] of others.entries()) {
    // Each a moment before the one above it in the list.
    const about = { id: newId(), name, parameters, base: undefined };
    await startScenario(needs, { ...about, made: now - i * 1000, madeBy });
  }
}
