import { dicomFile, words, type DicomItem } from '@medserve/testkit';
import { DECODE_LIMITS } from '../../limits';
import { renderFrame } from '../render/render-frame';
import { takeFrames } from '../transcode/take-frames';

const samples = Buffer.from(Uint32Array.of(2).buffer);
const channel: DicomItem = { 0x003a0203: ['SH', 'Lead I'] };
const group: DicomItem = {
  0x003a0005: ['US', 1],
  0x003a0010: ['UL', samples],
  0x003a001a: ['DS', 500],
  0x003a0200: ['SQ', [channel]],
  0x54001004: ['US', 16],
  0x54001006: ['CS', 'SS'],
  0x54001010: ['OW', words(1, 2)],
};
const waveform = dicomFile({ 0x00080060: ['CS', 'ECG'], 0x54000100: ['SQ', [group]] });

describe('a waveform', () => {
  it('has neither pictures nor frames, as a report has none', async () => {
    const refusal = { reason: 'unreadable_image', message: expect.stringContaining('it is a waveform') as string };
    await expect(renderFrame(waveform, { type: 'image/png', frame: 1 }, DECODE_LIMITS)).rejects.toMatchObject(refusal);
    await expect(takeFrames(waveform, [1], false, DECODE_LIMITS)).rejects.toMatchObject(refusal);
  });
});
