import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { LANGUAGES, type Language, type Messages } from './define-messages';
import { formatMessage, type Values } from './format-message';
import { formatsOf, localeOf, type Formats } from './formats';

interface LanguageState {
  readonly language: Language;
  readonly formats: Formats;
  readonly choose: (language: Language) => void;
}

const STORAGE = 'medserve.language';

const isLanguage = (text: string | null): text is Language => text !== null && Object.hasOwn(LANGUAGES, text);

function firstLanguage(): Language {
  const chosen = localStorage.getItem(STORAGE);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find(isLanguage) ?? 'en';
}

const Context = createContext<LanguageState | undefined>(undefined);

/** The language of the page: the reader's choice, else the first of the browser's that we speak. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const state = useMemo<LanguageState>(
    () => ({
      language,
      formats: formatsOf(localeOf(language, navigator.languages)),
      choose: (chosen) => {
        localStorage.setItem(STORAGE, chosen);
        setLanguage(chosen);
      },
    }),
    [language],
  );
  return <Context value={state}>{children}</Context>;
}

export function useLanguage(): LanguageState {
  const state = use(Context);
  if (state === undefined) throw new Error('There is no LanguageProvider around this.');
  return state;
}

/** How numbers and times are written for this reader. */
export const useFormat = (): Formats => useLanguage().formats;

/** The texts of a room in the language of the page: `t('files', { count: 3 })`. */
export function useText<Key extends string>(messages: Messages<Key>): (key: Key, values?: Values) => string {
  const { language } = useLanguage();
  return useMemo(
    () =>
      (key: Key, values?: Values): string =>
        formatMessage(language, messages[language][key], values),
    [language, messages],
  );
}
