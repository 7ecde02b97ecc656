import { Skipped } from '../lib/context.mjs';
import { atLeast, atMost, figure, ratio } from '../lib/figures.mjs';
import { openModel, packageFolder } from '../lib/generation.mjs';
import { median } from '../lib/statistics.mjs';

const WORDS = 'assistant-smol/1';
const WORDS_FP32 = 'assistant-smol/2';
const SEEING = 'vqa-small/1';

const pick = (taken, name) => taken.map((round) => round[name]);
const rates = (taken) => ({ unit: '1/s', rounds: pick(taken, 'perSecond') });

const alone = (label, taken) => ({ label, ...rates(taken) });

/** What several streams gain over one, what four bits gain over 32, and what of a step is JavaScript. */
async function measureWords(context, rounds) {
  const tokens = context.quick ? 32 : 96;
  const taken = { one: [], eight: [], sixteen: [], fp32: [] };
  const words = await openModel(packageFolder(WORDS));
  context.defer(() => words.close());
  const fp32Folder = packageFolder(WORDS_FP32);
  const fp32 = fp32Folder && (await openModel(fp32Folder));
  if (fp32) context.defer(() => fp32.close());
  for (let round = 0; round < rounds; round += 1) {
    context.say(`round ${round + 1} of ${rounds}: ${WORDS}`);
    taken.one.push(await words.stream(1, tokens));
    taken.eight.push(await words.stream(8, tokens));
    taken.sixteen.push(await words.stream(16, tokens));
    if (fp32) taken.fp32.push(await fp32.stream(1, tokens));
  }
  const gain = (label, side, target) =>
    ratio({ label, target: atLeast(target), measured: rates(side), baseline: alone('one stream', taken.one) });
  const precision = ratio({
    label: 'int4',
    target: atLeast(3),
    measured: rates(taken.one),
    baseline: alone('fp32', taken.fp32),
  });
  return [
    {
      title: 'Tokens a second of several streams',
      figures: [gain('8 streams', taken.eight, 2.2), gain('16 streams', taken.sixteen, 3)],
    },
    ...(fp32 ? [{ title: 'Tokens a second of one stream, by precision', figures: [precision] }] : []),
    {
      title: 'JavaScript of a token (CPU)',
      figures: [
        figure({ label: '8 streams', unit: 'ms', rounds: pick(taken.eight, 'jsMs'), target: atMost(0.05) }),
        figure({ label: 'one stream', unit: 'ms', rounds: pick(taken.one, 'jsMs') }),
      ],
    },
  ];
}

/** What it gains to ask the next question about an image. */
async function measureImages(context, rounds) {
  const model = await openModel(packageFolder(SEEING));
  context.defer(() => model.close());
  const looks = context.quick ? 5 : 20;
  const taken = [];
  await model.look(0);
  for (let round = 0; round < rounds; round += 1) {
    context.say(`round ${round + 1} of ${rounds}: ${SEEING}`);
    const looked = [];
    for (let index = 1; index <= looks; index += 1) looked.push(await model.look(round * looks + index));
    taken.push({ firstMs: median(pick(looked, 'firstMs')), againMs: median(pick(looked, 'againMs')) });
  }
  return [
    {
      title: 'First token of the next question about an image',
      figures: [
        ratio({
          label: 'the first question over the next one',
          target: atLeast(3),
          measured: { unit: 'ms', rounds: pick(taken, 'firstMs') },
          baseline: { label: 'next question', unit: 'ms', rounds: pick(taken, 'againMs') },
        }),
      ],
    },
  ];
}

export const generation = {
  name: 'generation',
  title: 'Models that write',
  shows: `The engine's own loop without the platform: tokens a second of 8 and of 16 streams over one, int4 over fp32 and the JavaScript of a token (${WORDS}), and the first token of the next question about an image over the first one (${SEEING}).`,
  seconds: { full: 240, quick: 60 },
  async run(context) {
    const missing = [WORDS, WORDS_FP32, SEEING].filter((name) => packageFolder(name) === undefined);
    const isThere = (name) => !missing.includes(name);
    if (!isThere(WORDS) && !isThere(SEEING))
      throw new Skipped(`neither ${WORDS} nor ${SEEING} lies in models/ or .cache/models/; their recipes make them`);
    const rounds = context.rounds(4, 2);
    return {
      groups: [
        ...(isThere(WORDS) ? await measureWords(context, rounds) : []),
        ...(isThere(SEEING) ? await measureImages(context, rounds) : []),
      ],
      notes: missing.map(
        (name) => `${name} was not measured: it is not in models/ or .cache/models/; its recipe makes it.`,
      ),
    };
  },
};
