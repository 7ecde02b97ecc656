import { filterRows, groupModels, rowsOf } from './group-models';
import type { ListedModel } from './model-types';

const model = (name: string, version: string, modalities: string[], more: Partial<ListedModel> = {}): ListedModel => ({
  id: `${name}:${version}`,
  name,
  version,
  title: name,
  digest: '',
  state: 'cold',
  isWarm: false,
  isDefault: false,
  engine: 'onnx',
  serves: modalities.map((modality) => ({ task: 'classify', modality, default: true })),
  signed: false,
  source: 'repository',
  intendedUse: '',
  notFor: '',
  licence: '',
  ...more,
});

describe('the list of models', () => {
  const offered = [
    model('vqa', '1', ['radiology'], { isDefault: true }),
    model('vqa', '10', ['radiology']),
    model('vqa', '9', ['radiology']),
    model('vqa', '1', ['radiology'], { id: 'vqa@sentence' }),
    model('vqa', '1', ['radiology'], { id: 'chat' }),
    model('plain', '1', [], { isDefault: true }),
    model('both', '1', ['fundus', 'radiology'], { isDefault: true }),
    model('odd', '1', ['ultrasound'], { isDefault: true }),
  ];

  it('has a row for a package of which no version was found', () => {
    const rows = rowsOf([...offered, model('bad', '', [], { id: 'bad' })]);
    expect(rows.map(({ name }) => name)).toContain('bad');
  });

  it('has one row a package, with its newest version first and the one that its name stands for', () => {
    const [, , , vqa] = rowsOf(offered);
    expect(vqa?.versions.map(({ version }) => version)).toEqual(['10', '9', '1']);
    expect(vqa?.standing.version).toBe('1');
    expect(rowsOf(offered).map(({ name }) => name)).toEqual(['both', 'odd', 'plain', 'vqa']);
  });

  it('is grouped by modality, those that it does not know behind, and tensors last', () => {
    const groups = groupModels(rowsOf(offered)).map(({ modality, rows }) => [modality, rows.map(({ name }) => name)]);
    expect(groups).toEqual([
      ['radiology', ['both', 'vqa']],
      ['fundus', ['both']],
      ['ultrasound', ['odd']],
      [undefined, ['plain']],
    ]);
  });

  it('is filtered by every word, without case and accents', () => {
    const rows = rowsOf([model('a', '1', ['radiology'], { title: 'Órganos de TC' }), model('b', '1', [])]);
    const found = (filter: string) =>
      filterRows(rows, filter, ({ name, standing }) => [name, standing.title]).map(({ name }) => name);
    expect(found('ORGANOS  tc')).toEqual(['a']);
    expect(found('órganos b')).toEqual([]);
    expect(found('   ')).toEqual(['a', 'b']);
    expect(found('.*[')).toEqual([]);
  });
});
