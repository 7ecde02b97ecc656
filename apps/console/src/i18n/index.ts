export { defineMessages, LANGUAGES, type Language, type Messages } from './define-messages';
export type { Formats } from './formats';
export { LanguageProvider, useFormat, useLanguage, useText } from './language';
