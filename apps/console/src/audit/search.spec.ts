import { bodyOf, fromLocal, NOBODY, parseAuditSearch, toLocal } from './search';

describe('what stands in the address of the audit page', () => {
  it('is what can be searched for, and never a patient', () => {
    const raw = {
      event: 'result_read',
      actor: 'key-1',
      model: 12,
      from: '2026-11-26T08:00:00Z',
      patient: 'P',
      patientKey: 'K',
    };
    expect(parseAuditSearch(raw)).toEqual({
      event: 'result_read',
      actor: 'key-1',
      model: '12',
      from: '2026-11-26T08:00:00Z',
    });
  });

  it.each([
    { from: 'yesterday' },
    { to: '2026-13-45T99:00:00Z' },
    { from: '2026-11-26T08:00:00+01:00' },
    { actor: '' },
    { subject: `model:${'x'.repeat(257)}` },
    { subject: 'Doe' },
    { subject: 'Doe^Jane' },
    { subject: 'study:1.2.840.113619.2.176' },
    { subject: '1.2.840.113619.2.176' },
    { actor: 'Jane Doe' },
    { event: 'Doe' },
    { model: { $ne: '' } },
    { event: ['a'] },
  ])('holds nothing of %j', (raw) => {
    expect(parseAuditSearch(raw)).toEqual({});
  });

  it.each([
    '01a213fa-d203-7210-8f74-b9d5ddfa49f2',
    'result:01a213fa-d203-7210-8f74-b9d5ddfa49f2',
    'model:organ-modality',
    'break-glass:01a213fa',
    'audit:log',
    'sign-in:/v1/sign-in',
  ])('holds what an entry may be about, such as %s', (subject) => {
    expect(parseAuditSearch({ subject })).toEqual({ subject });
  });
});

describe('the body of a search', () => {
  it('holds the fields, the patient only where one is given, and the place of the next page', () => {
    expect(bodyOf({ event: 'failed' }, NOBODY, 50)).toEqual({ event: 'failed', limit: 50 });
    expect(bodyOf({}, { ...NOBODY, id: '4711' }, 50, '7')).toEqual({ patient: { id: '4711' }, limit: 50, cursor: '7' });
    expect(bodyOf({}, { id: '4711', issuer: 'A', key: 'k' }, 1)).toEqual({
      patient: { id: '4711', issuer: 'A' },
      patientKey: 'k',
      limit: 1,
    });
  });

  it('takes the bare id of a result for what it is', () => {
    const id = '01A213FA-d203-7210-8f74-b9d5ddfa49f2';
    expect(bodyOf({ subject: id }, NOBODY, 1)).toMatchObject({ subject: `result:${id.toLowerCase()}` });
    expect(bodyOf({ subject: 'model:net' }, NOBODY, 1)).toMatchObject({ subject: 'model:net' });
  });
});

describe('times on the reader’s clock', () => {
  it('are sent in UTC and shown as they were entered', () => {
    for (const local of ['2026-11-26T08:07:06', '2026-07-01T23:59:59', '2026-03-29T04:30:00']) {
      const sent = fromLocal(local) ?? '';
      expect(sent).toMatch(/Z$/);
      expect(new Date(local).getTime()).toBe(Date.parse(sent));
      expect(toLocal(sent)).toBe(local);
    }
    expect([fromLocal(''), fromLocal('soon'), toLocal(undefined)]).toEqual([undefined, undefined, '']);
  });
});
