import fc from 'fast-check';
import { resolveModel, taskOf, type ServedModel, type Wanted } from './resolve-model';

const model = (name: string, version: string, serves: string[], state: ServedModel['state'] = 'cold'): ServedModel => ({
  name,
  version,
  state,
  serves: serves.map((entry) => {
    const [task = '', modality = '', mark] = entry.split(' ');
    return { task, modality, default: mark === 'default' };
  }),
});
const answer = (catalogue: ServedModel[], wanted: Wanted) => {
  const resolution = resolveModel(catalogue, wanted);
  return resolution.kind === 'refused'
    ? resolution.reason
    : `${resolution.model.name}:${resolution.model.version} ${resolution.task}`;
};

const organ = [
  model('organ', '1', ['classify radiology default']),
  model('organ', '10', ['classify radiology default']),
];
const catalogue = [
  ...organ,
  model('organ', '9', ['classify radiology default']),
  model('chest', '3', ['classify radiology', 'report radiology']),
  model('vessels', '1', ['segment fundus default', 'measure fundus']),
  model('old', '1', ['ground pathology default'], 'broken'),
  model('retired', '2', ['measure ct default'], 'unloaded'),
  model('lung', '1', ['segment ct default']),
  model('lung', '2', ['segment ct default'], 'unloaded'),
  model('lung', '3', ['segment ct default'], 'broken'),
];

describe('resolveModel', () => {
  it.each<[string, Wanted, string]>([
    [
      'the default of task and modality, its latest version by number',
      { task: 'classify', modality: 'radiology' },
      'organ:10 classify',
    ],
    ['the default task of a modality', { modality: 'fundus' }, 'vessels:1 segment'],
    ['a model that can where none is the default', { task: 'report', modality: 'radiology' }, 'chest:3 report'],
    ['the named model with its own task', { model: { name: 'vessels' } }, 'vessels:1 segment'],
    ['the named version', { model: { name: 'organ', version: '9' }, task: 'classify' }, 'organ:9 classify'],
    ['no such model', { model: { name: 'nope' } }, 'model_not_found'],
    ['no such version', { model: { name: 'organ', version: '2' } }, 'model_not_found'],
    ['no such task', { task: 'juggle', modality: 'radiology' }, 'task_not_found'],
    ['no such task of a named model', { model: { name: 'organ' }, task: 'juggle' }, 'task_not_found'],
    ['a task that the modality has not', { task: 'segment', modality: 'radiology' }, 'task_not_available'],
    ['a task that the named model has not', { model: { name: 'organ' }, task: 'segment' }, 'task_not_available'],
    ['the newest that is served, past the broken and the unloaded', { model: { name: 'lung' } }, 'lung:1 segment'],
    ['a default that is served', { task: 'segment', modality: 'ct' }, 'lung:1 segment'],
    ['the reason of the very version that was named', { model: { name: 'lung', version: '2' } }, 'model_unloaded'],
    ['that reason also when it is another', { model: { name: 'lung', version: '3' } }, 'model_broken'],
    ['only an unloaded one', { model: { name: 'retired' } }, 'model_unloaded'],
    ['only an unloaded one for the task', { task: 'measure', modality: 'ct' }, 'model_unloaded'],
    ['only a broken one', { task: 'ground', modality: 'pathology' }, 'model_broken'],
  ])('answers with %s', (_, wanted, expected) => {
    expect(answer(catalogue, wanted)).toBe(expected);
  });

  it('takes a model without tasks by its name alone', () => {
    expect(answer([model('plain', '1', [])], { model: { name: 'plain' } })).toBe('plain:1 ');
  });

  describe('where somebody chose what a bare name stands for', () => {
    const ask = (wanted: Wanted, ...chosen: [string, string][]) => {
      const resolution = resolveModel(catalogue, wanted, new Map(chosen));
      return resolution.kind === 'refused' ? resolution.reason : `${resolution.model.name}:${resolution.model.version}`;
    };

    it.each<[string, Wanted, [string, string], string]>([
      ['its name', { model: { name: 'organ' } }, ['organ', '9'], 'organ:9'],
      ['a task whose default it is', { task: 'classify', modality: 'radiology' }, ['organ', '1'], 'organ:1'],
      ['a version, which it leaves alone', { model: { name: 'organ', version: '10' } }, ['organ', '1'], 'organ:10'],
      ['its name, while the choice is broken', { model: { name: 'lung' } }, ['lung', '3'], 'lung:1'],
      ['a task, while the choice is unloaded', { task: 'segment', modality: 'ct' }, ['lung', '2'], 'lung:1'],
      ['its name, when the choice is gone', { model: { name: 'organ' } }, ['organ', '7'], 'organ:10'],
      ['a task of another model', { task: 'report', modality: 'radiology' }, ['organ', '1'], 'chest:3'],
    ])('answers for %s', (_, wanted, chosen, expected) => {
      expect(ask(wanted, chosen)).toBe(expected);
    });

    it('keeps to a version that does the task where the chosen one does not', () => {
      const offered = [model('net', '1', ['classify mr default']), model('net', '2', ['segment ct default'])];
      const resolution = resolveModel(offered, { task: 'classify', modality: 'mr' }, new Map([['net', '2']]));
      expect(resolution).toMatchObject({ kind: 'resolved', model: { version: '1' } });
    });
  });

  const word = fc.constantFrom('a', 'b', 'c');
  const models = fc.array(
    fc.record({
      name: word,
      version: fc.integer({ min: 1, max: 12 }).map(String),
      state: fc.constantFrom<ServedModel['state']>('cold', 'loading', 'ready', 'broken', 'unloaded'),
      serves: fc.array(fc.record({ task: word, modality: word, default: fc.boolean() }), { maxLength: 3 }),
    }),
    { maxLength: 6 },
  );
  const wanted = fc.record(
    {
      task: word,
      modality: word,
      model: fc.record({ name: word, version: fc.constantFrom('1', '2') }, { requiredKeys: ['name'] }),
    },
    { requiredKeys: [] },
  );

  const choices = fc.array(fc.tuple(word, fc.constantFrom('1', '2', '3'))).map((pairs) => new Map(pairs));

  it('only ever gives a served model that does what was asked, and the host agrees on the task', () => {
    fc.assert(
      fc.property(models, wanted, choices, (offered, request, chosen) => {
        const resolution = resolveModel(offered, request, chosen);
        if (resolution.kind === 'refused') return;
        const { model: found, task } = resolution;
        expect(['broken', 'unloaded']).not.toContain(found.state);
        expect(taskOf(found.serves, request) ?? '').toBe(task);
        if (request.task !== undefined) expect(task).toBe(request.task);
        if (request.model) expect(found.name).toBe(request.model.name);
      }),
    );
  });

  it('does not depend on the order in which pods were heard', () => {
    const distinct = models.map((offered) => [
      ...new Map(offered.map((entry) => [`${entry.name}:${entry.version}`, entry])).values(),
    ]);
    fc.assert(
      fc.property(distinct, wanted, (offered, request) => {
        expect(resolveModel([...offered].reverse(), request)).toEqual(resolveModel(offered, request));
      }),
    );
  });
});
