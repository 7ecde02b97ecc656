import { useText } from '../i18n';
import { Button, Dialog } from '../ui';
import { KEY_HELP } from './keys';
import { VIEWER } from './messages';
import css from './stage.module.css';

/** What the keys, the mouse and fingers do. */
export function KeysHelp({
  has,
  onClose,
}: {
  readonly has: ReadonlySet<'volume' | 'image' | 'ct' | 'draw'>;
  readonly onClose: () => void;
}) {
  const t = useText(VIEWER);
  return (
    <Dialog title={t('help')} onClose={onClose}>
      <dl className={css['keys']}>
        {KEY_HELP.filter((line) => !('of' in line) || has.has(line.of)).map(({ keys, does }) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(does)}</dd>
          </div>
        ))}
      </dl>
      <h3>{t('keysMouse')}</h3>
      <ul>
        <li>{t('mouseWheel')}</li>
        <li>{t('mouseDrag')}</li>
        <li>{t('mouseTwice')}</li>
      </ul>
      <Button look="primary" onClick={onClose}>
        {t('close')}
      </Button>
    </Dialog>
  );
}
