import { useText } from '../i18n';
import { UI } from './messages';
import css from './ui.module.css';

export function Loading() {
  const t = useText(UI);
  return (
    <p className={css['loading']} role="status">
      {t('loading')}
    </p>
  );
}
