import { catalogueEntry } from '@medserve/testkit';
import { classifies, ImageWorld, PRINCIPAL } from '../testing/image-world';
import type { InferenceRequest } from './inference-request';

const WRITER = catalogueEntry('writer', {
  version: '9',
  state: 'ready',
  serves: ['chat', 'answer', 'report', 'ground'].map((task) => ({ task, modality: 'radiology', default: true })),
});
const NET = catalogueEntry('net', { state: 'ready', serves: classifies(true) });

const options = [
  { code: 'l', display: 'Left' },
  { code: 'r', display: 'Right' },
];

const TENSORS = catalogueEntry('tensors', { state: 'ready', serves: [] });

describe('a request of a typed task', () => {
  let world: ImageWorld;
  beforeEach(() => {
    world = new ImageWorld();
    world.offer(WRITER, NET, TENSORS);
  });

  const prepare = (wishes: Partial<InferenceRequest>) =>
    world.preparation.prepare(
      PRINCIPAL,
      { files: [{ bytes: Buffer.of(1) }], class: 'routine', deadlineMs: 60_000, allowMismatch: false, ...wishes },
      new AbortController().signal,
    );

  it('is refused by a model that takes tensors only, with the way that it can be asked', async () => {
    await expect(prepare({ model: 'tensors', modality: 'radiology' })).rejects.toMatchObject({
      reason: 'task_not_available',
      field: 'model',
      message: 'The model takes tensors only, and no images.',
    });
  });

  it('goes to the model with its question, and with parameters as the task reads them', async () => {
    const { order, subject } = await prepare({
      task: 'answer',
      question: 'Which side?',
      parameters: { options, language: 'EN-gb', temperature: 0 },
    });
    expect(subject.task).toBe('answer');
    expect(order).toMatchObject({
      question: 'Which side?',
      parameters: { options, language: 'en-GB', temperature: 0 },
    });
  });

  it.each<[string, Partial<InferenceRequest>]>([
    ['question', { task: 'answer' }],
    ['parameters.options', { task: 'answer', question: 'Which side?', parameters: { options: options.slice(1) } }],
    ['parameters.language', { task: 'report', parameters: { language: '?' } }],
    ['parameters.phrase', { task: 'ground' }],
  ])('is refused before it is accepted, naming %s', async (field, wishes) => {
    await expect(prepare(wishes)).rejects.toMatchObject({ reason: 'invalid_request', field });
  });

  it('is not a conversation: that is asked elsewhere', async () => {
    await expect(prepare({ task: 'chat' })).rejects.toMatchObject({ reason: 'task_not_found' });
    await expect(prepare({ model: 'writer' })).rejects.toMatchObject({ reason: 'task_not_available', field: 'task' });
  });

  it('has to be named: an image alone still gets the default task of its modality', async () => {
    const { subject, modelName } = await prepare({});
    expect([subject.task, modelName]).toEqual(['classify', 'net']);
  });

  it('answers an image alone where no model does the default task', async () => {
    world.offer({ ...WRITER, serves: [{ task: 'report', modality: 'radiology', default: true }] });
    expect((await prepare({})).subject.task).toBe('report');
  });
});
