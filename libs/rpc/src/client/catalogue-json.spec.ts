import type { CatalogueEntry } from './catalogue';
import { NOTHING_KNOWN } from './catalogue';
import { readCatalogue, writeCatalogue } from './catalogue-json';

const ENTRY: CatalogueEntry = {
  ...NOTHING_KNOWN,
  name: 'organ',
  version: '3',
  state: 'ready',
  reason: '',
  digest: 'sha256:00',
  serves: [{ task: 'classify', modality: 'radiology', default: true }],
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 3, 224, 224] }],
  labels: [{ output: 'y', labels: ['liver', 'spleen'] }],
  residentBytes: 2 ** 40,
  expectedLoadMs: 800,
};

const WRITER: CatalogueEntry = {
  ...ENTRY,
  name: 'writer',
  state: 'unloaded',
  language: { generates: true, contextTokens: 512, maxAnswerTokens: 32, maxImages: 1, adapters: ['a'], slots: 4 },
};

describe('a catalogue in a file', () => {
  it('is read as it was written', () => {
    expect(readCatalogue(writeCatalogue([ENTRY, WRITER]))).toEqual([ENTRY, WRITER]);
  });

  it('is the JSON form of the messages: names of states, and numbers of 64 bits as text', () => {
    expect(JSON.parse(writeCatalogue([ENTRY]))).toMatchObject([
      { state: 'MODEL_STATE_READY', residentBytes: '1099511627776', intendedUse: '' },
    ]);
  });

  it('may leave out what is not known, and say what only a newer release reads', () => {
    const written = [{ name: 'm', version: '1', state: 'MODEL_STATE_COLD', instances: 1, colour: 'blue' }];
    expect(readCatalogue(JSON.stringify(written))).toEqual([
      { ...NOTHING_KNOWN, name: 'm', version: '1', state: 'cold', reason: '' },
    ]);
  });

  it('tells every mistake', () => {
    const written = JSON.stringify([{ version: '1', state: 'warm' }, 3]);
    expect(() => readCatalogue(written)).toThrow(/name[\s\S]*state|state[\s\S]*name/);
    expect(() => readCatalogue('no')).toThrow('not JSON');
    expect(() => readCatalogue('{}')).toThrow('The catalogue:');
  });
});
