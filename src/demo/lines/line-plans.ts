/** Which line each site of the demonstration has and had: the same for every seed. */
import type { DemoProvider, LineTechnology, Speed } from './model.ts';

/** Telephone numbers are of those that Ofcom keeps for drama, networks of those that RFC 5398 keeps for examples. */
export const lineProviders: readonly DemoProvider[] = [
  {
    ...{ id: 'demo-fibre', name: 'Brightfen Fibre', asn: 64496 },
    ...{ telephone: '01632 960901', email: 'faults@brightfen.example' },
  },
  {
    ...{ id: 'demo-coastal', name: 'Coastal Networks', asn: 64497 },
    ...{ telephone: '01632 960902', email: 'faults@coastal-networks.example' },
  },
  {
    ...{ id: 'demo-sandline', name: 'Sandline Business', asn: 64498 },
    ...{ telephone: '01632 960903', email: 'help@sandline.example' },
  },
  {
    ...{ id: 'demo-oldmill', name: 'Old Mill Internet', asn: 64499 },
    ...{ telephone: '01632 960904', email: 'support@oldmill.example' },
  },
  {
    ...{ id: 'demo-gannet', name: 'Gannet Mobile', asn: 64500 },
    ...{ telephone: '01632 960905', email: 'business@gannet.example' },
  },
  {
    ...{ id: 'demo-skylark', name: 'Skylark Satellite', asn: 64501 },
    ...{ telephone: '01632 960906', email: 'care@skylark.example' },
  },
];

export interface LinePlan {
  readonly technology: LineTechnology;
  readonly provider: string;
  readonly sold: Speed;
  readonly guaranteed?: Speed;
  readonly monthly: number;
  /** Days before the region’s day on which it came. */
  readonly age: number;
  /** Gigabytes a month. */
  readonly metered?: number;
  /** Days before the region’s day on which it ended: another line came in its place. */
  readonly ended?: number;
}

export interface SitePlan {
  readonly main: LinePlan;
  /** What it had before. */
  readonly before?: LinePlan;
  readonly backup?: LinePlan;
}

const adsl = (down: number, up: number, provider: string, age = 2900): LinePlan => ({
  ...{ technology: 'adsl', provider, sold: { down, up }, monthly: down > 15 ? 34 : 29, age },
});
const fttc = (down: number, up: number, provider: string, age = 1500): LinePlan => ({
  ...{ technology: 'fttc', provider, sold: { down, up }, monthly: down > 50 ? 49 : 42, age },
});
const fttp = (down: number, up: number, age: number, provider = 'demo-fibre'): LinePlan => ({
  ...{ technology: 'fttp', provider, sold: { down, up }, monthly: down > 400 ? 94 : 68, age },
  guaranteed: { down: down / 2, up: up / 2 },
});
const leased = (speed: number, monthly: number, age = 1300): LinePlan => ({
  ...{ technology: 'leased', provider: 'demo-coastal', sold: { down: speed, up: speed }, monthly, age },
  guaranteed: { down: speed, up: speed },
});
const mobile = (age = 700): LinePlan => ({
  ...{
    technology: 'mobile',
    provider: 'demo-gannet',
    sold: { down: 60, up: 15 },
    monthly: 38,
    age,
    metered: 300,
  },
});
const satellite = (age = 900): LinePlan => ({
  ...{
    technology: 'satellite',
    provider: 'demo-skylark',
    sold: { down: 30, up: 3 },
    monthly: 85,
    age,
    metered: 150,
  },
});
const [sandline, oldMill] = ['demo-sandline', 'demo-oldmill'];
const ended = (plan: LinePlan, days: number): LinePlan => ({ ...plan, ended: days });

/** By id of the site. Sites that are not here have a line of which nothing is known. */
export const linePlans: Readonly<Record<string, SitePlan>> = {
  'demo-infirmary': { main: leased(1000, 1450), backup: leased(100, 340, 900) },
  'demo-aldermere-general': { main: leased(100, 390), backup: fttc(80, 20, sandline) },
  'demo-maternity': { main: leased(100, 390, 800) },
  'demo-community': { main: fttp(330, 50, 500) },
  'demo-aldermere-clinic': { main: fttc(80, 20, sandline) },
  'demo-port-marrin-clinic': { main: adsl(17, 1.1, oldMill) },
  'demo-mental-health': { main: fttc(80, 20, oldMill) },
  'demo-larkfield-skelness': { main: adsl(15, 1, sandline) },
  'demo-ambulance': { main: leased(100, 360), backup: mobile() },
  'demo-ambulance-aldermere': { main: fttc(55, 10, sandline), backup: mobile(500) },
  'demo-ambulance-brackenford': { main: fttp(160, 30, 300), before: ended(adsl(14, 0.9, oldMill), 300) },
  'demo-diagnostic-centre': { main: fttc(80, 20, sandline) },

  'demo-harbour': {
    ...{ main: fttp(330, 50, 430), before: ended(fttc(40, 10, sandline), 430) },
    backup: mobile(430),
  },
  'demo-hilltop': { main: adsl(8, 1, sandline, 4100) },
  'demo-guildhall-medical-centre': { main: fttp(500, 70, 610), before: ended(fttc(80, 20, oldMill), 610) },
  'demo-ropewalk-practice': { main: fttc(80, 20, sandline) },
  'demo-castle-road-surgery': { main: fttc(40, 10, oldMill), backup: mobile(380) },
  'demo-riverside-medical-practice': { main: adsl(17, 1.1, sandline) },
  'demo-northgate-health-centre': { main: leased(100, 290, 1000) },
  'demo-market-place-surgery': { main: fttp(330, 50, 270), before: ended(fttc(55, 10, sandline), 270) },
  'demo-alder-house-practice': { main: fttc(80, 20, oldMill) },
  'demo-lifeboat-house-surgery': { main: adsl(12, 0.9, oldMill) },
  'demo-skelness-bay-medical-centre': { main: fttc(55, 10, sandline) },
  'demo-brackenford-surgery': { main: fttp(330, 50, 380) },
  'demo-thwaitedale': { main: adsl(6, 0.6, sandline, 3800), backup: satellite(600) },
  'demo-thwaitedale-branch': { main: satellite() },
  'demo-whinfield': { main: mobile(820) },

  'demo-pharmacy': { main: fttc(55, 10, sandline) },
  'demo-guildhall-pharmacy': { main: fttp(160, 30, 610) },
  'demo-castle-road-pharmacy': { main: fttc(40, 10, oldMill) },
  'demo-riverside-chemist': { main: adsl(16, 1, sandline) },
  'demo-northgate-pharmacy': { main: fttc(55, 10, sandline) },
  'demo-sail-street-pharmacy': { main: fttc(80, 20, oldMill) },
  'demo-windrush-pharmacy': { main: fttp(160, 30, 330) },
  'demo-priory-chemist': { main: fttc(40, 10, sandline) },
  'demo-station-pharmacy': { main: fttp(160, 30, 450) },
  'demo-market-place-pharmacy': { main: fttc(55, 10, sandline) },
  'demo-alder-pharmacy': { main: fttc(55, 10, oldMill) },
  'demo-lifeboat-pharmacy': { main: adsl(12, 0.9, oldMill) },
  'demo-marrin-road-chemist': { main: adsl(15, 1, sandline) },
  'demo-skelness-pharmacy': { main: fttc(40, 10, sandline) },
  'demo-promenade-chemist': { main: adsl(14, 0.9, oldMill) },
  'demo-brackenford-pharmacy': { main: fttp(160, 30, 380) },
  'demo-millrace-chemist': { main: fttc(55, 10, sandline) },
  'demo-saltreach-pharmacy': { main: adsl(10, 0.8, oldMill) },
  'demo-sandholme-pharmacy': { main: fttc(40, 10, sandline) },
  'demo-whinfield-pharmacy': { main: adsl(7, 0.6, sandline) },

  'demo-council': { main: leased(200, 520) },
  'demo-council-children': { main: fttp(330, 50, 520) },
  'demo-vale-council': { main: leased(100, 380) },
  'demo-vale-council-children': { main: fttc(80, 20, sandline) },
  'demo-region': { main: leased(200, 480) },

  'demo-seaview-house': { main: fttc(55, 10, oldMill) },
  'demo-priory-gardens-care-home': { main: fttp(160, 30, 400) },
  'demo-beech-court': { main: fttc(40, 10, sandline) },
  'demo-fairhaven': { main: adsl(15, 1, oldMill) },
  'demo-the-old-rectory': { main: adsl(9, 0.7, sandline) },
};
