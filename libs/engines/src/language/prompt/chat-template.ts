import { readFile, stat } from 'node:fs/promises';
import type { GenerationRequest, Part, Turn } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import { broken } from '../../broken';
import { guardValue, type GuardText } from './guard-text';

const MAX_TEMPLATE_BYTES = 65_536;

/** For a package without a template: one turn a line. */
const PLAIN =
  "{{ bos_token }}{% for message in messages %}{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}{{ image_token if part.type == 'image' else part.text }}{% endfor %}{% endif %}{{ '\\n' }}{% endfor %}";

export interface TemplateTokens {
  readonly begin: string;
  readonly end: string;
  readonly image: string;
}

/** Writes a conversation as the model was trained to read it. */
export type ChatTemplate = (request: GenerationRequest, guard: GuardText) => string;

/** A text where there are only texts, as most templates want it; otherwise its parts in order. */
function contentOf(parts: readonly Part[], guard: GuardText): unknown {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  if (texts.length === parts.length) return guard(texts.join('\n'));
  return parts.map((part) =>
    part.kind === 'text' ? { type: 'text', text: guard(part.text) } : { type: 'image', image: part.image },
  );
}

/** Templates that were made for objects write arguments with `tojson`. */
function argumentsOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function messageOf(turn: Turn, guard: GuardText): Record<string, unknown> {
  const content = contentOf(turn.parts, guard);
  switch (turn.role) {
    case 'system':
    case 'user':
      return { role: turn.role, content, ...(turn.name === undefined ? {} : { name: guard(turn.name) }) };
    case 'tool':
      return { role: turn.role, content, tool_call_id: guard(turn.toolCallId) };
    case 'assistant': {
      const calls = (turn.toolCalls ?? []).map((call) => ({
        id: guard(call.id),
        type: 'function',
        function: { name: guard(call.name), arguments: guardValue(argumentsOf(call.arguments), guard) },
      }));
      return { role: turn.role, content, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
    }
  }
}

/** Of a request that may call none the model hears of none. */
const toolsOf = ({ tools, toolChoice }: GenerationRequest, guard: GuardText): unknown[] | undefined =>
  tools.length === 0 || toolChoice === 'none'
    ? undefined
    : tools.map(({ name, description, parameters }) => ({
        type: 'function',
        function: {
          name: guard(name),
          ...(description === undefined ? {} : { description: guard(description) }),
          parameters: guardValue(parameters ?? { type: 'object', properties: {} }, guard),
        },
      }));

async function readTemplate(path: string): Promise<string> {
  const size = await stat(path).then(
    (found) => found.size,
    () => undefined,
  );
  if (size === undefined) throw broken('The chat template is not there.');
  if (size > MAX_TEMPLATE_BYTES) throw broken('The chat template is larger than 64 KiB.');
  return readFile(path, 'utf8');
}

/**
 * Reads a Hugging Face chat template (Jinja). Its variables: `messages`, `tools`, `add_generation_prompt`, `bos_token`,
 * `eos_token`.
 *
 * @param path absent: turns are written one a line
 * @throws ServingError `model_broken` for a template that cannot be read
 */
export async function loadChatTemplate(path: string | undefined, tokens: TemplateTokens): Promise<ChatTemplate> {
  const { Template } = await import('@huggingface/jinja');
  const text = path === undefined ? PLAIN : await readTemplate(path);
  const template = parseWith(() => new Template(text));
  return (request, guard) => {
    const messages = request.turns.map((turn) => messageOf(turn, guard));
    try {
      return template.render({
        messages,
        tools: toolsOf(request, guard) ?? null,
        add_generation_prompt: true,
        bos_token: tokens.begin,
        eos_token: tokens.end,
        image_token: tokens.image,
      });
    } catch (error) {
      throw new ServingError('invalid_request', "The model's chat template does not take such a conversation.", {
        field: 'messages',
        cause: error,
      });
    }
  };
}

function parseWith<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw broken('The chat template is not a template that can be read.', error);
  }
}
