import {
  fillPrompt,
  TEXT_READERS,
  type Decoded,
  type Finding,
  type GenerationRequest,
  type GenerationResult,
  type TextReader,
  type Turn,
} from '@medserve/clinical';
import type { GenerationRules } from '@medserve/engines';
import { ServingError } from '@medserve/errors';
import type { DispatchRequest } from '@medserve/rpc';

type Prompt = GenerationRules['prompts'][string];

/** A task with an answer of a fixed kind, as a model that writes does it: what it is asked, and how what it writes is read. */
export interface TypedTask {
  /** @throws ServingError `invalid_request` for what the request leaves out, or the model cannot be asked */
  ask(request: Asked, image: Decoded): GenerationRequest;
  /** @throws Error for what the reader does not read */
  read(request: Asked, image: Decoded, result: GenerationResult): Finding;
}

export type Asked = Pick<DispatchRequest, 'question' | 'parameters'>;

/** Always the most likely token: the same image and question have the same answer. */
const GREEDY = { temperature: 0, topP: 1, presencePenalty: 0, frequencyPenalty: 0 } as const;

const broken = (task: string, detail: string) =>
  new ServingError('model_broken', `The prompt of the task "${task}" is not right: ${detail}`);

const askingOf = ({ question, parameters = {} }: Asked, image: Decoded) => ({
  question,
  asked: parameters,
  input: image,
});

function turnsOf(system: string | undefined, text: string): Turn[] {
  const asked: Turn = {
    role: 'user',
    parts: [
      { kind: 'image', image: 0 },
      { kind: 'text', text },
    ],
  };
  return system === undefined ? [asked] : [{ role: 'system', parts: [{ kind: 'text', text: system }] }, asked];
}

function typedTask(prompt: Prompt, reader: TextReader, parameters: unknown): TypedTask {
  const { template, system, maxAnswerTokens, warning } = prompt;
  return {
    ask: (request, image) => {
      if (template.includes('{question}') && request.question === undefined) {
        throw new ServingError('invalid_request', 'The task needs a question.', { field: 'question' });
      }
      return {
        turns: turnsOf(system, fillPrompt({ template, reader: reader.id, parameters }, askingOf(request, image))),
        sampling: GREEDY,
        ...(maxAnswerTokens === undefined ? {} : { maxTokens: maxAnswerTokens }),
        stop: [],
        choices: 1,
        // How sure the model was of its words is part of what the reader says.
        logprobs: { top: 0 },
        format: { kind: 'text' },
        tools: [],
        toolChoice: 'none',
        parallelToolCalls: false,
      };
    },
    read: (request, image, { choices }) => {
      const [choice] = choices;
      if (!choice) throw new Error('nothing was written');
      const { text, reasoning, finish, logprobs } = choice;
      const finding = reader.read({ ...askingOf(request, image), text, reasoning, finish, logprobs }, parameters);
      return warning === undefined ? finding : { ...finding, warnings: [...finding.warnings, warning] };
    },
  };
}

/**
 * The typed tasks that the package has prompts for, by their ids.
 *
 * @throws ServingError `model_broken` when a prompt names a reader that there is not, or with parameters that do not fit
 */
export function typedTasksOf({ prompts }: Pick<GenerationRules, 'prompts'>): ReadonlyMap<string, TypedTask> {
  return new Map(
    Object.entries(prompts).map(([task, prompt]) => {
      const reader = TEXT_READERS.get(prompt.reader);
      if (!reader) throw broken(task, `there is no reader "${prompt.reader}".`);
      const parsed = reader.parameters.safeParse(prompt.parameters);
      if (parsed.success) return [task, typedTask(prompt, reader, parsed.data)];
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`);
      throw broken(task, `${problems.join('; ')}.`);
    }),
  );
}
