/** What lines cost, as data with sources: by technology, by the ground that is dug, by supplier. Pounds without VAT. */
import type { Technology } from '../model.ts';

/** Technologies that a plan may bring to a site. */
export type NewTechnology = 'fttp' | 'leased' | 'mobile' | 'satellite';
export const newTechnologies: readonly NewTechnology[] = ['fttp', 'leased', 'mobile', 'satellite'];

/** What is dug, as roads and maps name it. */
export type Ground = 'carriageway' | 'footway' | 'verge' | 'duct';

export interface Price {
  readonly key: PriceKey;
  readonly name: string;
  readonly unit: string;
  readonly pounds: number;
  readonly source: string;
}

export type PriceKey =
  | `ground.${Ground}`
  | `${NewTechnology}.install`
  | `${NewTechnology}.monthly`
  | 'leased.metre'
  | 'leased.allowance';

const lffn =
  'Set so that a usual mix comes to 61 GBP a metre: Local Full Fibre Networks, 164 M GBP for 2,700 km';
const assumed = 'Assumption for planning; change it to what suppliers quote';

export const priceBook: readonly Price[] = [
  { key: 'ground.carriageway', name: 'Trench in a carriageway', unit: 'a metre', pounds: 95, source: lffn },
  { key: 'ground.footway', name: 'Trench in a footway', unit: 'a metre', pounds: 65, source: lffn },
  { key: 'ground.verge', name: 'Trench in a verge or lane', unit: 'a metre', pounds: 35, source: lffn },
  { key: 'ground.duct', name: 'Fibre in a duct that is there', unit: 'a metre', pounds: 12, source: assumed },
  {
    ...{ key: 'fttp.install', name: 'Full fibre: into the building, and connected', unit: 'a site' },
    ...{ pounds: 1_500, source: assumed },
  },
  { key: 'fttp.monthly', name: 'Full fibre: rental', unit: 'a month', pounds: 60, source: assumed },
  {
    ...{ key: 'leased.install', name: 'Leased line: connection', unit: 'a site', pounds: 2_000 },
    source: assumed,
  },
  {
    ...{ key: 'leased.monthly', name: 'Leased line, 100 Mbit/s: rental', unit: 'a month', pounds: 350 },
    source: 'Middle of vendors’ public prices, 200 to 500 GBP a month for 100 Mbit/s',
  },
  {
    ...{
      key: 'leased.metre',
      name: 'Leased line: excess construction',
      unit: 'a metre to fibre',
      pounds: 45,
    },
    source:
      'Assumption for planning: three quarters of 61 GBP a metre, since some of the way is in ducts that are there',
  },
  {
    ...{ key: 'leased.allowance', name: 'Leased line: construction that the operator pays', unit: 'a site' },
    ...{ pounds: 2_800, source: 'The network operator’s contribution to excess construction, 2,800 GBP' },
  },
  {
    key: 'mobile.install',
    name: '4G or 5G: aerial and router',
    unit: 'a site',
    pounds: 650,
    source: assumed,
  },
  { key: 'mobile.monthly', name: '4G or 5G: rental', unit: 'a month', pounds: 45, source: assumed },
  {
    key: 'satellite.install',
    name: 'Satellite: dish and router',
    unit: 'a site',
    pounds: 900,
    source: assumed,
  },
  { key: 'satellite.monthly', name: 'Satellite: rental', unit: 'a month', pounds: 150, source: assumed },
];

/** Pounds by key. */
export type Prices = Readonly<Record<PriceKey, number>>;

/** The book with what a scenario says otherwise. */
export function pricesWith(changed: Readonly<Partial<Record<PriceKey, number>>> = {}): Prices {
  // Every key of the book is in it once, which a test says.
  return {
    ...Object.fromEntries(priceBook.map(({ key, pounds }) => [key, pounds])),
    ...changed,
  } as unknown as Prices;
}

/** A supplier's offer: what its lines cost, as a part of the book's. */
export interface SupplierPrice {
  readonly supplier: string;
  readonly technology: NewTechnology;
  /** 95 for a twentieth less than the book. */
  readonly percent: number;
}

/** Who sells a technology for least, and for what part of the book's price. */
export function cheapest(
  offers: readonly SupplierPrice[],
  technology: NewTechnology,
): { readonly supplier: string | undefined; readonly factor: number } {
  const [best] = offers
    .filter((offer) => offer.technology === technology)
    .toSorted((x, y) => x.percent - y.percent || (x.supplier < y.supplier ? -1 : 1));
  return best ? { supplier: best.supplier, factor: best.percent / 100 } : { supplier: undefined, factor: 1 };
}

/** Pounds a month that a line of a kind is taken to cost where its contract is not known. */
export const usualRental: Readonly<Record<Technology, number>> = {
  ...{ adsl: 30, fttc: 40, fttp: 60, leased: 350, mobile: 45, satellite: 150 },
};
