/** What the frame of the patient's app needs to know: whose record, and which of its five places. */

export type AppTab = 'home' | 'record' | 'appointments' | 'messages' | 'more';

export interface AppPerson {
  /** Of the Patient. */
  readonly id: string;
  readonly name: string;
  /** Whoever looks is this person; otherwise they act for them, which every page says. */
  readonly own: boolean;
}

export interface AppFrame {
  readonly person?: AppPerson;
  readonly tab?: AppTab;
  /** Whether they may open other people's records too. */
  readonly others: boolean;
  readonly tabs: readonly { readonly tab: AppTab; readonly href: string; readonly unread: number }[];
}

const places: readonly AppTab[] = ['home', 'record', 'appointments', 'messages', 'more'];

/** `app` of a page that extends `web/app.njk`. Without a person the places lead to whoever's record is chosen next. */
export function appFrame(of: {
  readonly person?: AppPerson;
  readonly tab?: AppTab;
  readonly others?: boolean;
  readonly unread?: number;
}): AppFrame {
  const { person, tab, others = false, unread = 0 } = of;
  const start = person ? `/my-record/${encodeURIComponent(person.id)}` : '/my-record';
  const hrefOf = (place: AppTab): string => {
    if (place === 'more') return person ? `/more?for=${encodeURIComponent(person.id)}` : '/more';
    return place === 'home' || !person ? start : `${start}/${place}`;
  };
  const tabs = places
    .filter((place) => person || place === 'home' || place === 'more')
    .map((place) => ({ tab: place, href: hrefOf(place), unread: place === 'messages' ? unread : 0 }));
  return { ...(person ? { person } : {}), ...(tab ? { tab } : {}), others, tabs };
}
