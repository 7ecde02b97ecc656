import { dateTimeOf, momentOf } from './date-time';
import { uidOfUuid, uuidOfUid } from './work-uid';

describe('a date and time of DICOM', () => {
  it.each([
    ['20261126', '2026-11-26T00:00:00.000Z'],
    ['202611260715', '2026-11-26T07:15:00.000Z'],
    ['20261126071530.25+0130', '2026-11-26T05:45:30.250Z'],
    ['20261126071530-0500', '2026-11-26T12:15:30.000Z'],
  ])('%s is a moment', (text, moment) => {
    expect(momentOf(text)?.toISOString()).toBe(moment);
  });

  it('reaches to its end where it closes a range', () => {
    expect(momentOf('202602', true)?.toISOString()).toBe('2026-02-28T23:59:59.999Z');
  });

  it.each(['', 'tomorrow', '20261301', '20260230', '2026112625', '2026-11-26'])('is not %p', (text) => {
    expect(momentOf(text)).toBeUndefined();
  });

  it('is written so that it is read back', () => {
    const at = new Date('2026-11-26T07:15:30.250Z');
    expect(momentOf(dateTimeOf(at))).toEqual(at);
  });
});

describe('the UID of a UUID', () => {
  it('is its number, and leads back to it', () => {
    const uuid = '00000000-0000-8000-8000-00000000002a';
    expect(uuidOfUid(uidOfUuid(uuid))).toBe(uuid);
    expect(uidOfUuid('ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe('2.25.340282366920938463463374607431768211455');
  });

  it.each(['1.2.3', '2.25.1.1', '2.25.', '2.25.340282366920938463463374607431768211456'])('is not %s', (uid) => {
    expect(uuidOfUid(uid)).toBeUndefined();
  });
});
