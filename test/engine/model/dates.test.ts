// Days of the calendar.
import assert from 'node:assert/strict';
import { requireDate } from '../../../src/engine/base';
import { addDays, dayNumber, dayOf, isDate, isoDate, readDate } from '../../../src/engine/model';

describe('dates', () => {
  const WRONG = [
    '',
    '2024111',
    '202411155',
    '20241301',
    '20240230',
    '20230229',
    '20240010',
    '00010101',
    'soon',
  ];

  it('are days of the calendar', () => {
    for (const date of ['20240229', '20241115', '19700101', '99991231']) assert.ok(isDate(date), date);
    for (const wrong of [...WRONG, '2024-11-15', ' 20241115', '２０２４１１１５'])
      assert.ok(!isDate(wrong), wrong);
  });

  it('are read as people write them', () => {
    assert.equal(readDate(' 2024-11-15 '), '20241115');
    assert.equal(readDate('20241115'), '20241115');
    for (const wrong of [...WRONG, '2024-1115', '2024/11/15', '2024-02-30'])
      assert.equal(readDate(wrong), undefined, wrong);
    assert.equal(requireDate('2024-11-15'), '20241115');
    assert.throws(() => requireDate('2024-02-30'), { code: 'USAGE', message: '"2024-02-30" is not a date.' });
  });

  it('follow one another over months, years and leap days', () => {
    assert.equal(addDays('20240228', 2), '20240301');
    assert.equal(addDays('20240101', -1), '20231231');
    assert.equal(dayNumber('20250101') - dayNumber('20241231'), 1);
    assert.equal(dayNumber('19700102'), 1);
    assert.ok(Number.isNaN(dayNumber('soon')));
  });

  it('are written for people and for SQL; other text stays', () => {
    assert.equal(isoDate('20241115'), '2024-11-15');
    assert.equal(isoDate('every'), 'every');
  });

  it('are local days of a moment', () => {
    assert.equal(dayOf(new Date(2024, 10, 5, 23, 59)), '20241105');
  });
});
