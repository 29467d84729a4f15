import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bankHolidaysOf, easterSunday, holidayOf, weekdayOf } from './bank-holidays.ts';

// Source: GOV.UK, UK bank holidays, England and Wales, as published for each year.
const published: Readonly<Record<number, string>> = {
  2011: '01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27',
  2012: '01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26',
  2019: '01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26',
  2020: '01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28',
  2021: '01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28',
  2022: '01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27',
  2023: '01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26',
  2024: '01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26',
  2025: '01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26',
  2026: '01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28',
  2027: '01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28',
};

test('bank holidays are those that the government published, year by year', () => {
  for (const [year, days] of Object.entries(published))
    assert.equal(
      bankHolidaysOf(Number(year))
        .map(({ day }) => day.slice(5))
        .join(' '),
      days,
      year,
    );
});

test('Easter is a Sunday from 22 March to 25 April in every year of two centuries', () => {
  for (let year = 1978; year < 2178; year += 1) {
    const day = easterSunday(year);
    assert.equal(weekdayOf(day), 7);
    assert.ok(day.slice(5) >= '03-22' && day.slice(5) <= '04-25', day);
  }
});

test('no rule puts two bank holidays on one day, or one on a weekend', () => {
  for (let year = 1978; year < 2178; year += 1) {
    const days = bankHolidaysOf(year).map(({ day }) => day);
    assert.equal(new Set(days).size, days.length, String(year));
    for (const day of days) assert.ok(weekdayOf(day) < 6, day);
  }
});

test('Christmas Day on a weekend is a holiday beside its substitute', () => {
  assert.equal(holidayOf('2027-12-25'), 'Christmas Day');
  assert.equal(holidayOf('2027-12-27'), 'Christmas Day (substitute day)');
  assert.equal(holidayOf('2027-12-29'), undefined);
});
