import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from '@medserve/clinical';
import { orderOf, requestOf, resultOf } from '@medserve/engines';
import { DECODE_LIMITS, decodeStudy } from '@medserve/imaging';
import { loadModel } from '../model/load-model';

interface Golden {
  readonly images: readonly string[];
  readonly question: string;
  /** Whether the images stand before the question in the turn. */
  readonly imagesFirst: boolean;
  readonly adapter: string | null;
  readonly promptTokens: number;
  readonly text: string;
}

/* What the model's maker had by Python and another ONNX Runtime: recipe, tokenizer, template, images, adapters and decoder at once. */
describe.each(['1', '2'])('vqa-small %s', (version) => {
  const folder = join(__dirname, '../../../../models/vqa-small', version);

  it('answers as its maker saw it answer', async () => {
    const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as Golden[];
    const model = await loadModel({ layout: 'medserve', folder }, undefined, () => undefined);
    if (model.kind !== 'writes') throw new Error('writes nothing');
    for (const { images: names, question, imagesFirst, adapter, promptTokens, text } of golden) {
      const images = [];
      for (const name of names) {
        const { decoded } = await decodeStudy([{ bytes: readFileSync(join(folder, name)) }], DECODE_LIMITS);
        images.push(decoded);
      }
      const shown = images.map((_, image): Part => ({ kind: 'image', image }));
      const words: Part = { kind: 'text', text: question };
      const parts = imagesFirst ? [...shown, words] : [words, ...shown];
      const request = requestOf('', {
        turns: [{ role: 'user', parts }],
        maxTokens: 96,
        ...(adapter === null ? {} : { adapter }),
      });
      const { choices, usage } = await resultOf(model.generator, orderOf(request, { images }));
      expect([question, choices[0]?.text, usage.prompt]).toEqual([question, text, promptTokens]);
    }
    expect(golden.length).toBeGreaterThan(10);
    await model.generator.close();
  });
});
