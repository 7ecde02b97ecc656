import { isSupported } from './is-supported';
import type { Key } from './read-identifier';

const key = (tag: number, vr = 'LO', value = ''): Key => ({ tag, vr, value });

describe('a key of C-FIND', () => {
  it.each<[string, Key, Parameters<typeof isSupported>[1], boolean]>([
    ['an attribute of the level', key(0x00080020, 'DA', '20260101-'), 'STUDY', true],
    ['an attribute of a level above', key(0x00100020, 'LO', 'P1'), 'IMAGE', true],
    ['an attribute of a level below, which is not told of a match', key(0x00080060, 'CS', 'CT'), 'STUDY', false],
    ['what is made of a study', key(0x00080061, 'CS', 'CT'), 'STUDY', true],
    ['what is counted', key(0x00201208, 'IS'), 'STUDY', true],
    ['what is counted of the study, at its series', key(0x00201208, 'IS'), 'SERIES', true],
    ['what is counted, as if it were matched', key(0x00201208, 'IS', '5'), 'STUDY', false],
    ['what is counted of patients', key(0x00201200, 'IS'), 'PATIENT', true],
    ['what is counted of patients, at their studies', key(0x00201200, 'IS'), 'STUDY', false],
    ['what is counted of series, at their study', key(0x00201209, 'IS'), 'STUDY', false],
    ['an attribute that the index does not have', key(0x00102160, 'SH', 'X'), 'STUDY', false],
    ['the same without a value', key(0x00102160, 'SH'), 'STUDY', false],
    [
      'request attributes of a series',
      { ...key(0x00400275, 'SQ'), items: [key(0x00401001, 'SH', 'RP1')] },
      'SERIES',
      true,
    ],
    [
      'request attributes by what is not kept of them',
      { ...key(0x00400275, 'SQ'), items: [key(0x00400007, 'LO', 'HEAD')] },
      'SERIES',
      false,
    ],
    [
      'an attribute inside of another sequence',
      { ...key(0x00081032, 'SQ'), items: [key(0x00080100, 'SH', 'C')] },
      'STUDY',
      false,
    ],
  ])('%s', (_what, asked, level, isIt) => {
    expect(isSupported(asked, level)).toBe(isIt);
  });
});
