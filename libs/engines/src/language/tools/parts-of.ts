import type { GenerationRequest } from '@medserve/clinical';
import { StopTexts } from '../text/stop-texts';
import type { AnswerParts } from './answer-parts';
import { NamedCall } from './named-call';
import { PlainAnswer } from './plain-answer';
import { ToolAnswer } from './tool-answer';

/** How the text of an answer to this request is read. An answer in a format is whole: no stop text ends it. */
export function answerParts({ tools, toolChoice, parallelToolCalls, format, stop }: GenerationRequest): AnswerParts {
  const stops = new StopTexts(format.kind === 'text' ? stop : []);
  if (tools.length === 0 || toolChoice === 'none') return new PlainAnswer(stops);
  if (typeof toolChoice === 'object') return new NamedCall(toolChoice.name);
  return new ToolAnswer(new Set(tools.map(({ name }) => name)), parallelToolCalls, toolChoice === 'required', stops);
}
