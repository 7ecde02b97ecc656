import { ServingError } from '@medserve/errors';
import type { ChatBody } from './chat-schema';
import { OPENAI_LIMITS } from './limits';

interface Rule {
  readonly field: keyof ChatBody;
  readonly detail: string;
  readonly limit?: string;
  readonly isBroken: (body: ChatBody) => boolean;
}

const chosenTool = ({ tool_choice: choice }: ChatBody): string | undefined =>
  typeof choice === 'object' ? choice.function.name : undefined;

const toolNames = ({ tools = [] }: ChatBody): readonly string[] => tools.map((tool) => tool.function.name);

const bytesOf = (value: unknown): number => (value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)));

/** What members have to do with each other. */
const RULES: readonly Rule[] = [
  {
    field: 'stream_options',
    detail: '"stream_options" are allowed only with "stream".',
    isBroken: ({ stream, stream_options: options }) => options !== undefined && !stream,
  },
  {
    field: 'top_logprobs',
    detail: '"top_logprobs" are allowed only with "logprobs".',
    // None of them is what there is without.
    isBroken: ({ logprobs, top_logprobs: top = 0 }) => top > 0 && !logprobs,
  },
  {
    field: 'tool_choice',
    detail: '"tool_choice" is allowed only with "tools".',
    isBroken: ({ tools, tool_choice: choice }) => choice !== undefined && choice !== 'none' && tools === undefined,
  },
  {
    field: 'tool_choice',
    detail: '"tool_choice" names a function that is not among "tools".',
    isBroken: (body) => {
      const chosen = chosenTool(body);
      return chosen !== undefined && !toolNames(body).includes(chosen);
    },
  },
  {
    field: 'tools',
    detail: 'Two of the "tools" have the same name.',
    isBroken: (body) => new Set(toolNames(body)).size < toolNames(body).length,
  },
  {
    field: 'tools',
    detail: 'The "tools" are too large.',
    limit: `tools: ${String(OPENAI_LIMITS.toolBytes)} bytes`,
    isBroken: ({ tools }) => bytesOf(tools) > OPENAI_LIMITS.toolBytes,
  },
  {
    field: 'response_format',
    detail: 'The schema of the answer is too large.',
    limit: `schema: ${String(OPENAI_LIMITS.schemaBytes)} bytes`,
    isBroken: ({ response_format: format }) =>
      format?.type === 'json_schema' && bytesOf(format.json_schema.schema) > OPENAI_LIMITS.schemaBytes,
  },
];

/** @throws ServingError `invalid_request` naming the member */
export function checkRules(body: ChatBody): void {
  const broken = RULES.find(({ isBroken }) => isBroken(body));
  if (broken === undefined) return;
  const { field, detail, limit } = broken;
  throw new ServingError('invalid_request', detail, { field, limit });
}
