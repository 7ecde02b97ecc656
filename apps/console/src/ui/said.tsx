import { useLanguage } from '../i18n';
import { PLATFORM_SENTENCES } from './platform-sentences';

/**
 * A sentence of the platform, which is English: in the language of the page where it is one of those that are known, and else marked as
 * what it is (WCAG 2.2, 3.1.2).
 */
export function Said({ children }: { readonly children: string }) {
  const { language } = useLanguage();
  const sentences = language === 'en' ? {} : PLATFORM_SENTENCES[language];
  return Object.hasOwn(sentences, children) ? <>{sentences[children]}</> : <span lang="en">{children}</span>;
}
