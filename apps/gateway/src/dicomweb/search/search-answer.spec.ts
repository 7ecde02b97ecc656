import type { QueryRow } from '@medserve/archive';
import { rowAnswer, searchable } from './search-answer';

const BASE = 'http://host/dicom-web';
const row: QueryRow = {
  studyUid: '1.1',
  attributes: { '00100020': { vr: 'LO', Value: ['P-1'] } },
  bytes: 1,
  isOwn: false,
};
const ofInstance: QueryRow = { ...row, seriesUid: '1.2', sopInstanceUid: '1.3' };

const STUDY = [
  '00080020',
  '00080030',
  '00080050',
  '00080090',
  '00100010',
  '00100020',
  '00100030',
  '00100040',
  '00200010',
];

describe('a match of a search', () => {
  it('has what every match has, empty where no instance said it', () => {
    const answer = rowAnswer(row, BASE);
    expect(Object.keys(answer)).toEqual(expect.arrayContaining(STUDY));
    expect(answer['00100010']).toEqual({ vr: 'PN' });
    expect(answer['00100020']).toEqual({ vr: 'LO', Value: ['P-1'] });
    expect(answer['00081190']).toEqual({ vr: 'UR', Value: [`${BASE}/studies/1.1`] });
    expect(answer['00200011']).toBeUndefined();
  });

  it('has those of the levels above where it is not within them', () => {
    expect(Object.keys(rowAnswer(ofInstance, BASE))).toEqual(
      expect.arrayContaining([...STUDY, '00080060', '00200011', '00200013']),
    );
    const within = rowAnswer({ ...ofInstance, attributes: {} }, BASE, { studyUid: '1.1', seriesUid: '1.2' });
    expect(Object.keys(within).sort()).toEqual(['00080005', '00080056', '00081190', '00200013']);
  });
});

describe('the header of a match', () => {
  const header = {
    '00181030': { vr: 'LO', Value: ['Head'] },
    '00290010': { vr: 'LO', Value: ['ACME'] },
    '00290011': { vr: 'LO', Value: ['OTHER'] },
    '00291001': { vr: 'DS', Value: [1.5] },
    '00291101': { vr: 'DS', Value: [2.5] },
    E1010010: { vr: 'LO', Value: ['HIGH'] },
    E1011001: { vr: 'DS', Value: [3.5] },
    '7FE00010': { vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' },
  };

  it('tells what is private with its creator', () => {
    expect(Object.keys(searchable(header, [0x00291001]))).toEqual(['00290010', '00291001']);
    expect(Object.keys(searchable(header, [0xe1011001]))).toEqual(['E1010010', 'E1011001']);
    expect(Object.keys(searchable(header, [0x00181030]))).toEqual(['00181030']);
    expect(searchable(header, 'all')).not.toHaveProperty('7FE00010');
  });
});
