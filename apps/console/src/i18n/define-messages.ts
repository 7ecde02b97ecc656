/** Languages that the console speaks. A further one is a line here, and a column in the `messages.ts` of every room. */
export const LANGUAGES = { en: 'English', es: 'Español' } as const;

export type Language = keyof typeof LANGUAGES;

/** The texts of a room, in ICU MessageFormat: the same keys in every language. */
export type Messages<Key extends string = string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>;

/** Has the compiler see that no language lacks a text. */
export const defineMessages = <Key extends string>(messages: {
  readonly en: Readonly<Record<Key, string>>;
  readonly es: Readonly<Record<NoInfer<Key>, string>>;
}): Messages<Key> => messages;
