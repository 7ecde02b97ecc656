/** A part of a turn: words, or the image with this index among the images of the request. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly image: number };

/** A function that a model wants called. `arguments` is JSON as the model wrote it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** One turn of a conversation. */
export type Turn =
  | { readonly role: 'system' | 'user'; readonly parts: readonly Part[]; readonly name?: string }
  | { readonly role: 'assistant'; readonly parts: readonly Part[]; readonly toolCalls?: readonly ToolCall[] }
  /** What a tool answered to the call with this id. */
  | { readonly role: 'tool'; readonly parts: readonly Part[]; readonly toolCallId: string };

/** A function that a model may call; `parameters` is a JSON Schema of an object. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly strict?: boolean;
}

export type ToolChoice = 'none' | 'auto' | 'required' | { readonly name: string };
