import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Decoded, Tensor } from '@medserve/clinical';
import {
  decoderOnnx,
  embedOnnx,
  loraSafetensors,
  TINY_LANGUAGE,
  visionOnnx,
  writeLanguagePackage,
} from '@medserve/testkit';
import type { Eyes, GenerationRules, Generator } from '../../../generation/generator';
import { loadPackage } from '../../../repository/load-package';
import { openGenerator } from '../open-generator';
import { plainLanguage } from './plain-language';

export const SEEING = { ...TINY_LANGUAGE, embeds: true, lora: true };

const digits = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** What the models of the tests go by, with two adapters where they are of `SEEING`. */
export const RULES: GenerationRules = {
  endTokens: [],
  contextTokens: 512,
  maxAnswerTokens: 32,
  slots: 8,
  prefillTokens: 16,
  parts: { decoder: 'decoder.onnx' },
  adapters: [],
  prompts: {},
};

export const SEEING_RULES: GenerationRules = {
  ...RULES,
  parts: { decoder: 'decoder.onnx', embed: 'embed.onnx', vision: 'vision.onnx' },
  image: { tensor: 'pixel_values', tokens: 4, maxImages: 3 },
  adapters: [
    { name: 'terse', file: 'terse.safetensors', base: digits('0') },
    { name: 'wordy', file: 'wordy.safetensors', base: digits('0') },
  ],
};

/** A grey picture of 8 x 8 pixels. */
export const picture = (seed: number): Decoded => ({
  kind: 'picture',
  width: 8,
  height: 8,
  channels: 1,
  sampleType: 'uint8',
  samples: Uint8Array.from({ length: 64 }, (_, index) => (index * (seed + 3) * 37 + seed * 11) % 256),
});

/** Eyes that count how often they looked. */
export class CountingEyes implements Eyes {
  looks = 0;
  readonly tensorOf = ({ samples }: Decoded): Tensor => {
    this.looks += 1;
    return { name: 'pixel_values', datatype: 'UINT8', shape: [1, 8, 8, 1], data: Uint8Array.from(samples) };
  };
  readonly pngOf = (): Promise<readonly Uint8Array[]> => Promise.resolve([]);
}

/** Files of a model that writes, and of one that sees besides, in folders for temporary files. */
export class TinyModels {
  private constructor(
    readonly folder: string,
    private readonly opened: Generator[] = [],
  ) {}

  static async write(): Promise<TinyModels> {
    const models = new TinyModels(await realpath(await mkdtemp(join(tmpdir(), 'medserve-language-'))));
    const put = (name: string, bytes: Buffer) => writeFile(join(models.folder, name), bytes);
    await put('decoder.onnx', decoderOnnx());
    await put('counting.onnx', decoderOnnx({ ...TINY_LANGUAGE, positions: true, picksLogits: false }));
    await put('seeing.onnx', decoderOnnx(SEEING));
    await put('embed.onnx', embedOnnx(SEEING));
    await put('vision.onnx', visionOnnx(SEEING));
    await put('terse.safetensors', loraSafetensors(SEEING, 4, 1));
    await put('wordy.safetensors', loraSafetensors(SEEING, 2, 2));
    return models;
  }

  /** Closed with the folder. */
  async open(rules: Partial<GenerationRules> = {}, eyes: Eyes = new CountingEyes()): Promise<Generator> {
    const generator = await openGenerator(
      {
        folder: this.folder,
        digest: digits('1'),
        generation: { ...RULES, ...rules },
        pool: undefined,
        threads: 1,
        eyes,
      },
      new AbortController().signal,
      () => Promise.resolve(plainLanguage(TINY_LANGUAGE.vocabulary)),
    );
    this.opened.push(generator);
    return generator;
  }

  /** A model that sees, and has adapters. */
  see(rules: Partial<GenerationRules> = {}, eyes?: Eyes): Promise<Generator> {
    const parts = { ...SEEING_RULES.parts, decoder: 'seeing.onnx' };
    return this.open({ ...SEEING_RULES, parts, ...rules }, eyes);
  }

  /** A whole package that sees, with its own tokenizer and template. */
  async openPackage(generation: Readonly<Record<string, unknown>> = {}): Promise<Generator> {
    const written = await writeLanguagePackage(this.folder, { name: 'writer', sees: true, generation });
    const { folder, digest, manifest } = await loadPackage({ layout: 'medserve', folder: written });
    const rules = manifest.generation ?? RULES;
    const spec = { folder, digest, generation: rules, pool: undefined, threads: 1, eyes: new CountingEyes() };
    const generator = await openGenerator(spec, new AbortController().signal);
    this.opened.push(generator);
    return generator;
  }

  async remove(): Promise<void> {
    for (const generator of this.opened) await generator.close();
    await rm(this.folder, { recursive: true });
  }
}
