import type { InputFile } from '@medserve/imaging';
import { languageName } from '@medserve/clinical';
import { chatSchema, type ChatBody } from '../openai/chat-schema';
import type { SessionHead, TurnWords } from './session-content';
import type { TurnWishes } from './session-schema';

export interface PastTurn {
  readonly words: TurnWords;
  readonly files: readonly InputFile[];
}

export interface CurrentTurn {
  readonly wishes: TurnWishes;
  readonly files: readonly InputFile[];
}

/** All that was said and shown in a session, and the turn that is to be answered, as the conversation that the model is sent. */
export function conversationBody(
  { model, system }: SessionHead,
  past: readonly PastTurn[],
  { wishes, files }: CurrentTurn,
): ChatBody {
  const { temperature, topP, seed, maxTokens, language } = wishes.parameters;
  const instructions = [
    ...(system === undefined ? [] : [system]),
    ...(language === undefined ? [] : [`Answer in ${languageName(language)}.`]),
  ];
  return chatSchema.parse({
    model,
    messages: [
      ...(instructions.length === 0 ? [] : [{ role: 'system', content: instructions.join('\n') }]),
      ...past.flatMap(({ words, files: shown }) => [
        userMessage(words.text, shown),
        { role: 'assistant', content: words.answer },
      ]),
      userMessage(wishes.text, files),
    ],
    temperature: temperature ?? 0,
    top_p: topP,
    seed,
    max_completion_tokens: maxTokens,
  });
}

const userMessage = (text: string, files: readonly InputFile[]) => ({
  role: 'user',
  content: [...files.map(imagePart), { type: 'text', text }],
});

const imagePart = ({ bytes, mediaType = '' }: InputFile) => ({
  type: 'image_url',
  image_url: { url: `data:${mediaType};base64,${bytes.toString('base64')}` },
});
