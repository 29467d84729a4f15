/**
 * What the parts of the demonstration region hand each other. Everything follows from a seed and a day: the same two give the
 * same region, so ids are made of numbers and words, never drawn.
 */
import type { Resource } from '@medplum/fhirtypes';
import type { Random } from '../platform/random.ts';

/** Kilometres east and north of the map's south-west corner. */
export interface Point {
  readonly east: number;
  readonly north: number;
}

/** A city, town or village of the map. */
export interface Settlement {
  readonly id: string;
  readonly name: string;
  readonly kind: 'city' | 'town' | 'village' | 'hamlet';
  readonly at: Point;
  /** Kilometres within which its homes stand. */
  readonly radius: number;
  /** Its part of the region's people; all together 1. */
  readonly share: number;
  /** Deprivation of its parts by decile, 1 the most deprived: `[decile, weight]`. */
  readonly deprivation: readonly (readonly [number, number])[];
  readonly rural: boolean;
  /** First half of its postcodes: `ZZ1`. No such area exists. */
  readonly outward: string;
  readonly streets: readonly string[];
}

export interface Road {
  readonly id: string;
  /** Where it runs, end to end; ends of roads that meet are equal. */
  readonly points: readonly Point[];
  readonly kind: 'main' | 'local' | 'lane';
  /** Settlement or site at either end, where there is one. */
  readonly from?: string;
  readonly to?: string;
}

export type OrganisationKind =
  | 'acute-trust'
  | 'community-trust'
  | 'mental-health-trust'
  | 'general-practice'
  | 'pharmacy'
  | 'local-authority'
  | 'care-home'
  | 'ambulance-service'
  | 'diagnostic-centre'
  | 'region'
  | 'supplier';

export interface Organisation {
  /** Of its Organization. */
  readonly id: string;
  readonly name: string;
  /** Shaped like an ODS code, of a range that is not given out. */
  readonly ods: string;
  readonly kind: OrganisationKind;
  /** Kind as consents name it: `general-practice`, `hospital`, `pharmacy`, `social-care`, `region` … */
  readonly consentKind: string;
}

/** A building where care is given. */
export interface Site {
  /** Of its Location. */
  readonly id: string;
  readonly name: string;
  /** Id of the organisation that runs it. */
  readonly organisation: string;
  readonly at: Point;
  /** Id of the settlement it stands in or beside. */
  readonly settlement: string;
  readonly line: string;
  readonly postcode: string;
  readonly telephone: string;
}

/** Someone who works in the region. */
export interface Worker {
  /** Of their Practitioner. */
  readonly id: string;
  /** Of their PractitionerRole. */
  readonly post: string;
  readonly prefix?: string;
  readonly given: string;
  readonly family: string;
  readonly sex?: 'female' | 'male';
  /** Key of the table of roles (access/roles.ts): `gp`, `nurse`, `consultant`. */
  readonly role: string;
  /** In plain words: `Practice nurse`, `Consultant in breast oncology`. */
  readonly job: string;
  /** Field of hospital doctors and teams: `diabetes`, `cardiology`, `obstetrics`, `breast`, `older-people` … */
  readonly specialty?: string;
  readonly organisation: string;
  readonly site: string;
}

export interface Region {
  readonly seed: string;
  /** ms since 1970 UTC: the day the region is made for. History ends here, bookings follow. */
  readonly now: number;
  readonly settlements: readonly Settlement[];
  readonly roads: readonly Road[];
  /** The coast: land is inside. */
  readonly coast: readonly Point[];
  /** Hills as outlines of their height. */
  readonly hills: readonly { readonly name: string; readonly outline: readonly Point[] }[];
  readonly organisations: readonly Organisation[];
  readonly sites: readonly Site[];
  readonly workers: readonly Worker[];
  /** Ids of the practices that take people who live there, nearest first by road. */
  readonly practicesAt: (at: Point) => readonly string[];
  /** Ids of the pharmacies, nearest first by road. */
  readonly pharmaciesAt: (at: Point) => readonly string[];
  /** Those who work for an organisation in a role, and in a specialty where one is named. */
  readonly workersOf: (organisation: string, role: string, specialty?: string) => readonly Worker[];
  readonly organisation: (id: string) => Organisation;
  readonly site: (id: string) => Site;
  readonly worker: (id: string) => Worker;
}

/** A need that whoever meets the person must know of. Source: NHS England Accessible Information Standard (DCB1605). */
export type AccessNeed =
  | 'british-sign-language'
  | 'hearing-aid'
  | 'large-print'
  | 'braille'
  | 'easy-read'
  | 'wheelchair'
  | 'advocate'
  | 'longer-appointments';

/** Someone whose record is here. */
export interface Person {
  /** Of their Patient: `p000123`; those with a name of their own keep it: `demo-iris`. */
  readonly id: string;
  readonly nhsNumber: string;
  readonly prefix?: string;
  readonly given: readonly string[];
  readonly family: string;
  readonly sex: 'female' | 'male';
  /** `1968-02-11`. */
  readonly born: string;
  /** `2024-03-02`, of those who died. */
  readonly died?: string;
  /** Those of one household live at one address. */
  readonly household: string;
  readonly line: string;
  readonly city: string;
  readonly postcode: string;
  readonly at: Point;
  /** Decile, 1 the most deprived. */
  readonly deprivation: number;
  /** Code of the NHS data dictionary's ethnic category: `A` White British … `Z` not stated. */
  readonly ethnicity: string;
  /** ISO 639-1, of the language they prefer: `en`, `ur`, `pl`. */
  readonly language: string;
  readonly interpreter: boolean;
  readonly needs: readonly AccessNeed[];
  readonly telephone: string;
  readonly email?: string;
  /** Id of the practice where they are registered, and since when. */
  readonly practice: string;
  readonly registered: string;
  /** Practice and first day of earlier registrations, oldest first; each ends where the next begins. */
  readonly earlierPractices: readonly { readonly practice: string; readonly from: string }[];
  /** Practitioner id of the doctor they usually see. */
  readonly usualDoctor: string;
  /** Id of the pharmacy their prescriptions go to. */
  readonly pharmacy: string;
  /** People of the region who stand by them: ids of persons, or of nobody here. */
  readonly relatives: readonly {
    readonly relation: 'mother' | 'father' | 'child' | 'partner' | 'carer' | 'sibling';
    readonly person?: string;
    readonly name: string;
    readonly telephone?: string;
    /** Birthday, of children. */
    readonly born?: string;
  }[];
  /** Single, married, divorced, widowed, as the NHS data dictionary's codes say it. */
  readonly marital?: 'S' | 'M' | 'D' | 'W';
  /** Organisation id of the care home where they live. */
  readonly careHome?: string;
  readonly smoker: 'never' | 'ex' | 'current';
  /** Body mass index in adult life, kg/m². */
  readonly bmi: number;
}

/** A long-term or past problem. */
export interface Problem {
  /** Of its Condition. */
  readonly id: string;
  /** Key of the table of conditions: `hypertension`, `type-2-diabetes`. */
  readonly key: string;
  /** `2019-05-20`. */
  readonly onset: string;
  readonly ended?: string;
  /** 0 mild to 1 severe; drives how far measurements stray and how often the person is seen. */
  readonly severity: number;
}

export interface Treatment {
  /** Of the MedicationRequest that stands for it now, or did last. */
  readonly id: string;
  /** Key of the table of medicines: `ramipril-5`. */
  readonly key: string;
  /** Key of the problem it is for. */
  readonly problem?: string;
  readonly start: string;
  readonly end?: string;
}

/** Something that does someone harm, and must not be given. */
export interface Allergy {
  /** Of its AllergyIntolerance. */
  readonly id: string;
  /** Key of the table of allergies: `penicillin`. */
  readonly key: string;
  /** `2011-06-02`. */
  readonly recorded: string;
  readonly severe: boolean;
}

/** Someone sent on to those who know more. */
export interface Referral {
  /** Of its ServiceRequest. */
  readonly id: string;
  /** Key of the problem it was for. */
  readonly problem: string;
  readonly specialty: string;
  /** `2024-05-14`. */
  readonly asked: string;
  readonly urgent: boolean;
  readonly from: Worker;
  readonly to: Worker;
  /** Id of the visit that answered it; none while they wait. */
  readonly seen?: string;
}

/** A meeting that is to come. */
export interface Booking {
  /** Of its Appointment. */
  readonly id: string;
  readonly kind: ContactKind;
  readonly start: string;
  readonly minutes: number;
  readonly booked: string;
  readonly problem?: string;
  readonly reason: string;
  readonly worker: Worker;
  readonly site: Site;
  /** Id of the referral that it answers. */
  readonly referral?: string;
}

export type ContactKind =
  | 'gp-face-to-face'
  | 'gp-telephone'
  | 'gp-video'
  | 'gp-online'
  | 'nurse'
  | 'outpatient'
  | 'emergency'
  | 'admission'
  | 'maternity'
  | 'community'
  | 'mental-health';

/** A meeting with someone who gives care. */
export interface Contact {
  /** Of its Encounter. */
  readonly id: string;
  readonly kind: ContactKind;
  /** ISO 8601 with offset. */
  readonly start: string;
  readonly minutes: number;
  /** Key of the problem it was about, where it was about one. */
  readonly problem?: string;
  readonly reason: string;
  readonly worker: Worker;
  readonly site: Site;
}

export interface Pregnancy {
  /** Of its EpisodeOfCare. */
  readonly id: string;
  /** First day of the last period. */
  readonly began: string;
  readonly due: string;
  /** Day of birth; none while it lasts. */
  readonly ended?: string;
  readonly outcome: 'ongoing' | 'live-birth' | 'miscarriage';
  readonly raisedPressure: boolean;
  readonly midwife: Worker;
  readonly unit: Site;
}

/** One person's ten years, before they are written as resources: what each part of the history reads. */
export interface Life {
  readonly person: Person;
  readonly problems: readonly Problem[];
  readonly treatments: readonly Treatment[];
  readonly contacts: readonly Contact[];
  readonly pregnancies: readonly Pregnancy[];
  readonly allergies?: readonly Allergy[];
  readonly referrals?: readonly Referral[];
  readonly bookings?: readonly Booking[];
  /** First day of the history that is told. */
  readonly from: string;
}

/** One part of a history as resources, in an order in which references point backwards. Draws from a fork of its own. */
export type HistoryPart = (life: Life, region: Region, random: Random) => Resource[];
