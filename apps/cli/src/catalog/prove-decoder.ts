import type { Recipe } from '@medserve/engines';
import type { Answered, Doors, Promised } from './promised';

interface Completion {
  readonly choices?: readonly { readonly message: { readonly content: string | null } }[];
  readonly usage?: { readonly prompt_tokens: number };
}

interface Document {
  readonly status?: string;
  readonly task?: string;
  readonly detail?: string;
}

const ANSWER_TOKENS = 8;

const refused = ({ status, body }: Answered): string =>
  `status ${String(status)}: ${JSON.stringify(body).slice(0, 400)}`;

function chat(doors: Doors, model: string, images: number): Promise<Answered> {
  const url = `data:image/png;base64,${Buffer.from(doors.picture).toString('base64')}`;
  const seen = Array.from({ length: images }, () => ({ type: 'image_url', image_url: { url } }));
  return doors.json('/v1/chat/completions', {
    model,
    messages: [{ role: 'user', content: [...seen, { type: 'text', text: 'What is this?' }] }],
    max_tokens: ANSWER_TOKENS,
    temperature: 0,
  });
}

/** An answer came, and its prompt took at least what its images take. */
async function answers(doors: Doors, model: string, images: number, imageTokens: number): Promise<string | undefined> {
  const answered = await chat(doors, model, images);
  const { choices, usage } = answered.body as Completion;
  if (answered.status !== 200 || choices?.[0]?.message.content === undefined) return refused(answered);
  const prompt = usage?.prompt_tokens ?? 0;
  const least = images * imageTokens;
  return prompt >= least ? undefined : `the prompt took ${String(prompt)} tokens, and its images take ${String(least)}`;
}

function chatPromises({ system, budget, adapters, contract }: Recipe): readonly Promised[] {
  if (!budget || !contract.some(({ task }) => task === 'chat')) return [];
  const { imageTokens, maxImages } = budget;
  return [
    {
      promise: `chat about an image of ${String(imageTokens)} tokens`,
      keep: (doors) => answers(doors, system, 1, imageTokens),
    },
    ...(maxImages === 1
      ? []
      : [
          {
            promise: `chat about ${String(maxImages)} images`,
            keep: (doors: Doors) => answers(doors, system, maxImages, imageTokens),
          },
        ]),
    {
      promise: `${String(maxImages + 1)} images are refused`,
      keep: async (doors) => {
        const answered = await chat(doors, system, maxImages + 1);
        return answered.status === 400 || answered.status === 413 ? undefined : refused(answered);
      },
    },
    ...adapters.map((adapter) => ({
      promise: `chat by the adapter ${adapter}`,
      keep: (doors: Doors) => answers(doors, `${system}@${adapter}`, 1, imageTokens),
    })),
  ];
}

const seesVolumes = ({ standIn }: Recipe): boolean => standIn.kind === 'decoder' && standIn.sees === 'volumes';

const typedPromises = (recipe: Recipe): readonly Promised[] =>
  recipe.contract
    .filter(({ task }) => task !== 'chat')
    .flatMap(({ task, modalities, example: { question, parameters } }) =>
      modalities.map((modality) => ({
        promise: `${task}, ${modality}`,
        keep: async (doors: Doors) => {
          const request = { task, modality, model: recipe.system, question, parameters, allowMismatch: true };
          const answered = await doors.infer(seesVolumes(recipe) ? doors.volume : doors.picture, request);
          const { status, task: done } = answered.body as Document;
          return answered.status === 200 && status === 'completed' && done === task ? undefined : refused(answered);
        },
      })),
    );

/** What a recipe of a system that writes promises. */
export const proveDecoder = (recipe: Recipe): readonly Promised[] => [
  ...chatPromises(recipe),
  ...typedPromises(recipe),
];
