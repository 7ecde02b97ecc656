import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GenerationRules } from '../generation/generator';
import { loadLanguage } from './language';
import { byteLevelFile } from './testing/small-tokenizers';
import { requestOf } from './testing/request';

const TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message.role }}\n{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}{% if part.type == 'image' %}<image>{% else %}{{ part.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}<|im_start|>assistant\n";

const rules: GenerationRules = {
  tokenizer: 'tokenizer.json',
  chatTemplate: 'chat-template.jinja',
  endTokens: ['<|im_end|>'],
  contextTokens: 512,
  maxAnswerTokens: 16,
  slots: 8,
  prefillTokens: 256,
  image: { token: '<image>', tokens: 64, maxImages: 4 },
  adapters: [],
  prompts: {},
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'language-'));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(byteLevelFile([' heart'])));
  writeFileSync(join(folder, 'chat-template.jinja'), TEMPLATE);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const broken = expect.objectContaining({ reason: 'model_broken' }) as Error;

describe('the language of a package', () => {
  it('writes prompts and answers', async () => {
    const language = await loadLanguage(folder, rules);
    const [end = -1] = language.endTokens;
    expect(language.vocabularySize).toBeGreaterThan(256);
    expect(language.prompt(requestOf()).tokens[0]).toBe(1);
    const writer = language.writer(requestOf(), 0, 2);
    writer.next(new Float32Array(language.vocabularySize).map((_, id) => (id === end ? 1 : 0)));
    expect(writer.end(false)).toEqual({ text: '', toolCalls: [], finish: 'stop' });
  });

  it('refuses a schema that cannot be met before anything is written', async () => {
    const language = await loadLanguage(folder, rules);
    const request = requestOf({ format: { kind: 'schema', name: 'x', schema: { enum: [] } } });
    const refusal = expect.objectContaining({ reason: 'invalid_request', field: 'response_format' }) as Error;
    expect(() => language.prompt(request)).toThrow(refusal);
    expect(() => language.writer(request, 0)).toThrow(refusal);
  });

  it('by default has room for as much as the package says', async () => {
    const language = await loadLanguage(folder, rules);
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const writer = language.writer(requestOf({ format: { kind: 'schema', name: 'x', schema } }), 0);
    for (let token = 0; token < 16 && writer.finish === undefined; token += 1)
      writer.next(new Float32Array(language.vocabularySize));
    expect(writer.end(true).finish).toBe('stop');
  });

  it('takes no bias of a token that it has not', async () => {
    const language = await loadLanguage(folder, rules);
    const { sampling } = requestOf();
    const biased = (id: number) => requestOf({ sampling: { ...sampling, logitBias: { [id]: 1 } } });
    expect(() => language.prompt(biased(language.vocabularySize - 1))).not.toThrow();
    expect(() => language.prompt(biased(language.vocabularySize))).toThrow(
      expect.objectContaining({ reason: 'invalid_request', field: 'logit_bias' }) as Error,
    );
  });

  it.each([
    ['no tokenizer', { tokenizer: undefined }],
    ['a tokenizer that is not there', { tokenizer: 'none.json' }],
    ['an end token that the tokenizer does not have', { endTokens: ['<|none|>'] }],
    ['an image token that text could spell', { image: { token: 'a', tokens: 1, maxImages: 1 } }],
    ['a template that is not there', { chatTemplate: 'none.jinja' }],
  ] as [string, Partial<GenerationRules>][])('is broken with %s', async (_, rest) => {
    await expect(loadLanguage(folder, { ...rules, ...rest })).rejects.toThrow(broken);
  });

  it('is broken with files that are not what they should be', async () => {
    writeFileSync(join(folder, 'tokenizer.json'), '{"model":');
    await expect(loadLanguage(folder, rules)).rejects.toThrow(broken);
    const huge = { ...byteLevelFile(), added_tokens: [{ id: 2 ** 30, content: '<|im_end|>' }] };
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(huge));
    await expect(loadLanguage(folder, rules)).rejects.toThrow(broken);
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(byteLevelFile()));
    writeFileSync(join(folder, 'chat-template.jinja'), '{% for');
    await expect(loadLanguage(folder, rules)).rejects.toThrow(broken);
    writeFileSync(join(folder, 'chat-template.jinja'), ' '.repeat(65_537));
    await expect(loadLanguage(folder, rules)).rejects.toThrow(broken);
  });

  it('with a decoder that gives tokens no bytes is broken', async () => {
    const file = { ...byteLevelFile(), decoder: { type: 'WordPiece', prefix: '##' } };
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(file));
    await expect(loadLanguage(folder, rules)).rejects.toThrow(broken);
  });

  it('without a template writes one turn a line', async () => {
    const language = await loadLanguage(folder, { ...rules, chatTemplate: undefined });
    expect(language.prompt(requestOf()).tokens).toHaveLength('Is the heart enlarged?\n'.length - ' heart'.length + 1);
    const turns = [{ role: 'user' as const, parts: [{ kind: 'image' as const, image: 0 }] }];
    expect(language.prompt(requestOf({ turns })).images).toEqual([{ position: 0, image: 0 }]);
  });
});
