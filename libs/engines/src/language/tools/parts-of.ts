import type { GenerationRequest } from '@medserve/clinical';
import type { AnswerParts } from './answer-parts';
import { NamedCall } from './named-call';
import { PlainAnswer } from './plain-answer';
import { ToolAnswer } from './tool-answer';

/** How the text of an answer to this request is read. */
export function answerParts({ tools, toolChoice, parallelToolCalls }: GenerationRequest): AnswerParts {
  if (tools.length === 0 || toolChoice === 'none') return new PlainAnswer();
  if (typeof toolChoice === 'object') return new NamedCall(toolChoice.name);
  return new ToolAnswer(new Set(tools.map(({ name }) => name)), parallelToolCalls, toolChoice === 'required');
}
