import { Link } from '@tanstack/react-router';
import { useText } from '../i18n';
import { SHELL } from './messages';

export function MissingPage() {
  const t = useText(SHELL);
  return (
    <>
      <h1>{t('notFound')}</h1>
      <p>{t('notFoundNext')}</p>
      <p>
        <Link to="/">{t('ask')}</Link>
      </p>
    </>
  );
}
