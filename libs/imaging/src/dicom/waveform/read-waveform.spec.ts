import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { dicomFile, words, type DicomItem } from '@medserve/testkit';
import { DECODE_LIMITS } from '../../limits';
import { openWhole } from '../open-dicom';
import { readWaveform } from './read-waveform';

const code = (value: string, meaning: string): DicomItem => ({
  0x00080100: ['SH', value],
  0x00080104: ['LO', meaning],
});

const channel = (name: string, more: DicomItem = {}): DicomItem => ({
  0x003a0208: ['SQ', [code('x', name)]],
  0x003a0210: ['DS', 2.5],
  0x003a0211: ['SQ', [code('uV', 'microvolt')]],
  0x003a0212: ['DS', 2],
  0x003a0213: ['DS', 1],
  ...more,
});

const samples = (value: number): Buffer => {
  const out = Buffer.alloc(4);
  out.writeUInt32LE(value);
  return out;
};

const group = (more: DicomItem = {}): DicomItem => ({
  0x003a0005: ['US', 2],
  0x003a0010: ['UL', samples(3)],
  0x003a001a: ['DS', 500],
  0x003a0020: ['SH', 'RHYTHM'],
  0x003a0200: ['SQ', [channel('Lead I'), channel('Lead II')]],
  0x54001004: ['US', 16],
  0x54001006: ['CS', 'SS'],
  0x54001010: ['OW', words(0, 10, 65535, 20, 2, 30)],
  ...more,
});

const read = (...groups: readonly DicomItem[]) =>
  readWaveform(openWhole(dicomFile({ 0x00080060: ['CS', 'ECG'], 0x54000100: ['SQ', groups] }), DECODE_LIMITS).dataSet);

describe('a waveform', () => {
  it('has the values of each channel, in its unit, by sensitivity, correction and baseline', () => {
    const [found] = read(group());
    expect(found).toMatchObject({ label: 'RHYTHM', samplesPerSecond: 500 });
    expect(found?.channels.map(({ name, unit, values }) => [name, unit, ...values])).toEqual([
      ['Lead I', 'uV', 1, -4, 11],
      ['Lead II', 'uV', 51, 101, 151],
    ]);
  });

  it('keeps stored values where a channel names no sensitivity', () => {
    const bare: DicomItem = { 0x003a0203: ['SH', 'pressure'] };
    const more = { 0x003a0005: ['US', 1], 0x003a0200: ['SQ', [bare]], 0x54001010: ['OW', words(5, 6, 7)] } as const;
    expect(read(group(more))[0]?.channels).toEqual([{ name: 'pressure', values: Float32Array.of(5, 6, 7) }]);
  });

  it.each<[string, DicomItem, RegExp]>([
    ['fewer samples than it says', { 0x003a0010: ['UL', samples(4)] }, /fewer samples/],
    ['more samples than are read', { 0x003a0010: ['UL', samples(2 ** 31)] }, /more channels or samples/],
    ['channels that nothing describes', { 0x003a0200: ['SQ', [channel('Lead I')]] }, /what each of its channels is/],
    ['companded samples', { 0x54001006: ['CS', 'MB'] }, /not read here/],
    ['bits that its kind of sample has not', { 0x54001004: ['US', 8] }, /contradicts itself/],
    ['no rate', { 0x003a001a: ['DS', 0] }, /how often/],
  ])('is unreadable with %s', (_, more, said) => {
    expect(() => read(group(more))).toThrow(said);
  });
});

const SAMPLE = resolve(__dirname, '../../../../../shared/data/dicom/waveform_ecg.dcm');
if (existsSync(SAMPLE)) {
  it('a real 12-lead ECG has ten seconds of twelve leads, and Einthoven’s law holds of them', () => {
    const [rhythm, median] = readWaveform(openWhole(readFileSync(SAMPLE), DECODE_LIMITS).dataSet);
    expect([rhythm?.label, rhythm?.samplesPerSecond, rhythm?.channels.length]).toEqual(['RHYTHM', 1000, 12]);
    expect(median?.channels).toHaveLength(12);
    const [one, two, three] = (rhythm?.channels ?? []).map(({ values }) => values);
    expect(rhythm?.channels[0]).toMatchObject({ name: 'Lead I (Einthoven)', unit: 'uV' });
    for (let at = 0; at < 10_000; at += 100)
      expect(Math.abs((one?.[at] ?? NaN) + (three?.[at] ?? NaN) - (two?.[at] ?? NaN))).toBeLessThan(5);
  });
} else {
  it.skip('the ECG is in ../shared/data/dicom, which this clone does not have', () => undefined);
}
