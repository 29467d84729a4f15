/** What there is only so much of beside the time itself: video calls that a line carries, chaperones, and the person. */
import type { Appointment, Reference } from '@medplum/fhirtypes';
import type { Actor } from '../../record/actor.ts';
import type { BookingNeeds, Refused } from './booking.ts';
import type { BookableMode } from './kinds.ts';
import { mostAtOnce, videoCalls, videoRoomOf } from './lines.ts';
import { searchVersioned } from './stored-search.ts';

export function openRooms({
  record,
  holds,
  lineCarries,
}: Pick<BookingNeeds, 'record' | 'holds' | 'lineCarries'>) {
  /** Video calls and chaperones, of which there are only so many at once. */
  const roomFor = async (
    actor: Actor,
    id: string,
    span: { readonly start: number; readonly end: number },
    wants: {
      readonly mode: BookableMode;
      readonly place: Reference | undefined;
      readonly chaperone?: Reference | undefined;
    },
  ): Promise<Refused | undefined> => {
    const site = wants.place?.reference?.replace(/^Location\//, '');
    if (wants.mode === 'video' && site !== undefined) {
      const { most } = videoRoomOf(await lineCarries(site, span.start));
      const before = await holds.take(`video ${site}`, id, span);
      const calls = (await videoCalls(record, actor, site, span)).filter(
        ({ appointment }) => appointment !== id,
      );
      const known = new Set(calls.map(({ appointment }) => appointment));
      const coming = before.filter((one) => !known.has(one)).map(() => span);
      if (mostAtOnce([...calls, ...coming], span) >= most) return 'no-video';
    }
    const chaperone = wants.chaperone?.reference;
    if (chaperone !== undefined) {
      if ((await holds.take(chaperone, id, span)).length > 0) return 'chaperone-busy';
      if (await isBusy(actor, `actor=${chaperone}`, span, id)) return 'chaperone-busy';
    }
    return undefined;
  };

  const isBusy = async (
    actor: Actor,
    who: string,
    { start, end }: { readonly start: number; readonly end: number },
    except: string,
  ): Promise<boolean> => {
    const day = `date=ge${new Date(start - 8 * 3_600_000).toISOString()}&date=lt${new Date(end).toISOString()}`;
    const found = await searchVersioned<Appointment>(
      record,
      actor,
      'Appointment',
      `${who}&status=booked,arrived,checked-in&${day}`,
      200,
    );
    return found.some(
      ({ resource }) =>
        resource.id !== except &&
        Date.parse(resource.start ?? '') < end &&
        Date.parse(resource.end ?? '') > start,
    );
  };

  return { roomFor, isBusy };
}
