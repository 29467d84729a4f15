import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { calendarFile } from './calendar-file.ts';

const event = {
  uid: 'appointment-1@throughline',
  start: Date.parse('2026-11-25T14:20:00Z'),
  end: Date.parse('2026-11-25T14:50:00Z'),
  made: Date.parse('2026-11-22T12:00:00Z'),
  title: 'Foot clinic',
  place: 'Sandmouth Infirmary, 1 Hill Road',
  about: 'Bring the shoes that you wear most.',
};
const unfolded = (file: string): string[] => file.replaceAll('\r\n ', '').split('\r\n');

describe('a calendar file', () => {
  it('holds when, what and where, and asks to be private', () => {
    const lines = unfolded(calendarFile(event));
    for (const line of [
      'BEGIN:VCALENDAR',
      'DTSTART:20261125T142000Z',
      'DTEND:20261125T145000Z',
      'SUMMARY:Foot clinic',
      'LOCATION:Sandmouth Infirmary\\, 1 Hill Road',
      'CLASS:PRIVATE',
      'TRIGGER:-P1D',
      'END:VCALENDAR',
    ])
      assert.ok(lines.includes(line), line);
  });

  it('leaves out what is not known', () => {
    const file = calendarFile({ ...event, place: '', about: '' });
    assert.doesNotMatch(file, /LOCATION/);
  });

  it('keeps every line short, and no text can add a line of its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (title) => {
        const file = calendarFile({ ...event, title });
        for (const line of file.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
        assert.equal(unfolded(file).length, unfolded(calendarFile(event)).length);
      }),
    );
  });
});
