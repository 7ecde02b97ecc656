import { LiveCatalogue } from '../infer/live-catalogue';
import { OFFERED, WRITES } from '../testing/language-world';
import { ModelList } from './model-list';

function setUp() {
  const catalogue = new LiveCatalogue(new Date(0));
  const offer = (...models: typeof OFFERED): void => {
    catalogue.update(models, { complete: true });
  };
  offer(...OFFERED);
  return { list: new ModelList(catalogue), offer };
}

const idsOf = (list: ModelList): string[] => list.list().map(({ id }) => id);
const [vqa, minds] = OFFERED as [(typeof OFFERED)[number], (typeof OFFERED)[number]];

describe('the list of models', () => {
  it('has every version, the adapters, and the names that stand for a default', () => {
    expect(idsOf(setUp().list)).toEqual(['vqa:1', 'minds:1', 'xray:1', 'vqa@terse', 'chat', 'embed']);
  });

  it.each([
    ['vqa', { id: 'vqa', version: '1', root: 'vqa:1', parent: null, max_model_len: 512, max_images: 2 }],
    ['vqa:1', { id: 'vqa:1', root: 'vqa:1', parent: null }],
    ['vqa@terse', { id: 'vqa@terse', root: 'vqa:1', parent: 'vqa:1', max_model_len: 512 }],
    ['xray', { id: 'xray', root: 'xray:1', parent: null, max_model_len: null }],
    ['chat', { id: 'chat', root: 'vqa:1', parent: null, name: 'vqa' }],
    ['embed', { id: 'embed', root: 'minds:1', parent: null, max_model_len: 256 }],
  ])('tells of %s what it stands for', (id, told) => {
    expect(setUp().list.find(id)).toMatchObject({
      object: 'model',
      created: 0,
      owned_by: 'medserve',
      permission: [],
      ...told,
    });
  });

  it.each(['none', 'vqa@none', 'vqa:7', 'minds@none'])('has nothing to tell of %s', (id) => {
    const { list } = setUp();
    expect(() => list.find(id)).toThrow(
      expect.objectContaining({ category: expect.stringMatching(/^(?:not_found|unprocessable)$/) as string }) as Error,
    );
  });

  it('tells by its name alone of a model of which no version was found', () => {
    const { list, offer } = setUp();
    offer({ ...minds, name: 'bad', version: '', state: 'broken', reason: 'It has no version.' });
    expect(idsOf(list)).toEqual(['bad']);
    expect(list.find('bad')).toMatchObject({ id: 'bad', root: 'bad', version: '', reason: 'It has no version.' });
  });

  it('has no alias that stands for nothing, and none in place of a package of that name', () => {
    const { list, offer } = setUp();
    offer(minds, { ...minds, name: 'chat' });
    expect(idsOf(list)).toEqual(['minds:1', 'chat:1', 'embed']);
    expect(list.find('chat')).toMatchObject({ id: 'chat', root: 'chat:1' });
  });

  it('has of a name’s adapters those of the version that it stands for', () => {
    const { list, offer } = setUp();
    const newest = { ...vqa, version: '2', language: { ...WRITES, adapters: ['wordy'] } };
    offer(vqa, newest, { ...newest, version: '3', state: 'broken', reason: 'It is.' });
    expect(idsOf(list).filter((id) => id.includes('@'))).toEqual(['vqa@wordy']);
    expect(list.find('chat').root).toBe('vqa:2');
  });
});
