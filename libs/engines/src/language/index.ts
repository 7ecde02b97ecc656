export { loadLanguage, type Language } from './language';
export type { Prompt } from './prompt/write-prompt';
export type { AnswerWriter } from './writing/answer-writer';
