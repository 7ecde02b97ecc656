/** How the page looks: as the system wants it, or as the reader chose. */
export const THEMES = ['system', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

const STORAGE = 'medserve.theme';

export const chosenTheme = (): Theme => THEMES.find((theme) => theme === localStorage.getItem(STORAGE)) ?? 'system';

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(STORAGE, theme);
  applyTheme(theme);
}
