import type { Part, Turn } from '@medserve/clinical';
import { ServingError } from '@medserve/errors';
import type { InputFile } from '@medserve/imaging';
import { optional } from '../infer/model-words';
import type { ChatMessage } from './chat-schema';
import { fileOfUrl } from './data-url';

type SpokenPart = Extract<ChatMessage, { role: 'user' }>['content'][number];

/** An image as a request holds it: its bytes, or the id of a file that was uploaded before. */
type ImageSource = InputFile | { readonly fileId: string };

export interface ConversationImage {
  readonly source: ImageSource;
  /** Where it stands in the request. */
  readonly field: string;
}

export interface Conversation {
  /** Their parts name the images by their index. */
  readonly turns: readonly Turn[];
  /** In the order in which they are spoken of. */
  readonly images: readonly ConversationImage[];
}

/** @throws ServingError `invalid_request` for an image that is neither in the request nor uploaded */
export function readConversation(messages: readonly ChatMessage[]): Conversation {
  const images: ConversationImage[] = [];
  const turns = messages.map((message, index): Turn => {
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', parts: textsOf(message.content), ...named(message.name) };
      case 'user': {
        const parts = message.content.map((part, position): Part => {
          const image = imageOf(part, `messages.${String(index)}.content.${String(position)}`);
          return typeof image === 'string'
            ? { kind: 'text', text: image }
            : { kind: 'image', image: images.push(image) - 1 };
        });
        return { role: 'user', parts, ...named(message.name) };
      }
      case 'assistant': {
        const calls = message.tool_calls?.map(({ id, function: { name, arguments: given } }) => ({
          id,
          name,
          arguments: given,
        }));
        return { role: 'assistant', parts: textsOf(message.content ?? []), ...optional('toolCalls', calls) };
      }
      case 'tool':
        return { role: 'tool', parts: textsOf(message.content), toolCallId: message.tool_call_id };
    }
  });
  return { turns, images };
}

const named = (name: string | null | undefined) => optional('name', name ?? undefined);

const textsOf = (parts: readonly { readonly text: string }[]): Part[] =>
  parts.map(({ text }) => ({ kind: 'text', text }));

/** The image that a part holds, or its text. @param at where the part stands */
function imageOf(part: SpokenPart, at: string): ConversationImage | string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image_url': {
      const { url } = part.image_url;
      const field = `${at}.image_url.url`;
      return { field, source: isFileId(url) ? { fileId: url } : fileOfUrl(url, field) };
    }
    case 'file': {
      const { file_id: fileId, file_data: data } = part.file;
      if (typeof fileId === 'string') return { field: `${at}.file.file_id`, source: { fileId } };
      const field = `${at}.file.file_data`;
      if (typeof data === 'string') return { field, source: fileOfUrl(data, field) };
      throw new ServingError('invalid_request', 'A file has neither "file_id" nor "file_data".', {
        field: `${at}.file`,
      });
    }
  }
}

const isFileId = (url: string): boolean => /^file-[\w-]{1,64}$/.test(url);
