import { useState } from 'react';
import { LANGUAGES, useLanguage, useText, type Language } from '../i18n';
import { SHELL } from './messages';
import css from './shell.module.css';
import { chooseTheme, chosenTheme, THEMES, type Theme } from './theme';

const NAMES = { system: 'themeSystem', light: 'themeLight', dark: 'themeDark' } as const;

export function LanguageChoice() {
  const t = useText(SHELL);
  const { language, choose } = useLanguage();
  return (
    <select
      className={css['select']}
      aria-label={t('language')}
      value={language}
      onChange={(event) => {
        choose(event.target.value as Language);
      }}
    >
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </select>
  );
}

export function ThemeChoice() {
  const t = useText(SHELL);
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <select
      className={css['select']}
      aria-label={t('theme')}
      value={theme}
      onChange={(event) => {
        const chosen = event.target.value as Theme;
        chooseTheme(chosen);
        setTheme(chosen);
      }}
    >
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {t(NAMES[name])}
        </option>
      ))}
    </select>
  );
}
