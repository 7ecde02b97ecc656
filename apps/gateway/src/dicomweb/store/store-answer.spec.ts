import type { StoreOutcome } from '@medserve/archive';
import { storeAnswer, storeStatus, type PartOutcome } from './store-answer';

const stored = (uid: string, more: { studyUid?: string; warning?: number } = {}): StoreOutcome => ({
  kind: 'stored',
  isNew: true,
  ...(more.warning === undefined ? {} : { warning: more.warning }),
  instance: {
    tenant: 'home',
    studyUid: more.studyUid ?? '1.1',
    seriesUid: '1.2',
    sopInstanceUid: uid,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    bytes: 1,
    sha256: '',
    door: 'stow',
    receivedAt: new Date(0),
  },
});

const mismatch: StoreOutcome = {
  kind: 'refused',
  refusal: { status: 0xa901, reason: 'study_mismatch', sopClassUid: '1.9', sopInstanceUid: '1.4' },
};
const junk: StoreOutcome = { kind: 'refused', refusal: { status: 0xc000, reason: 'cannot_understand' } };
const full: StoreOutcome = {
  kind: 'refused',
  refusal: { status: 0xa700, reason: 'out_of_resources', sopInstanceUid: '1.5' },
};
const failed: PartOutcome = { kind: 'unfinished', status: 0x0110 };
const cut: PartOutcome = { kind: 'unfinished', status: 0xc000 };

describe('the answer to a store request', () => {
  it('names what is stored with where it can be fetched, what failed, and what could not be named', () => {
    expect(storeAnswer([stored('1.3', { warning: 0xb006 }), mismatch, junk, failed], 'http://host/dicom-web')).toEqual({
      '00081190': { vr: 'UR', Value: ['http://host/dicom-web/studies/1.1'] },
      '00081198': {
        vr: 'SQ',
        Value: [
          {
            '00081150': { vr: 'UI', Value: ['1.9'] },
            '00081155': { vr: 'UI', Value: ['1.4'] },
            '00081197': { vr: 'US', Value: [43265] },
          },
        ],
      },
      '00081199': {
        vr: 'SQ',
        Value: [
          {
            '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
            '00081155': { vr: 'UI', Value: ['1.3'] },
            '00081190': { vr: 'UR', Value: ['http://host/dicom-web/studies/1.1/series/1.2/instances/1.3'] },
            '00081196': { vr: 'US', Value: [0xb006] },
          },
        ],
      },
      '0008119A': {
        vr: 'SQ',
        Value: [{ '00081197': { vr: 'US', Value: [0xc000] } }, { '00081197': { vr: 'US', Value: [0x0110] } }],
      },
    });
  });

  it('names no study where there are several', () => {
    expect(storeAnswer([stored('1.3'), stored('1.4', { studyUid: '2.1' })], '')).not.toHaveProperty('00081190');
  });

  it.each<[number, string, readonly PartOutcome[]]>([
    [200, 'all are stored', [stored('1.3'), stored('1.4')]],
    [202, 'one is stored with a warning', [stored('1.3', { warning: 0xb000 })]],
    [202, 'some are stored', [stored('1.3'), junk]],
    [202, 'the last was cut off', [stored('1.3'), cut]],
    [400, 'there is nothing', []],
    [400, 'none can be understood', [junk, cut]],
    [409, 'all are of another study', [mismatch, mismatch]],
    [409, 'the reasons are mixed', [mismatch, junk]],
    [409, 'one would fail again', [full, mismatch]],
    [503, 'there is no room', [full, full]],
    [503, 'they may be stored later', [full, failed]],
  ])('has status %i where %s', (status, _when, outcomes) => {
    expect(storeStatus(outcomes)).toBe(status);
  });
});
