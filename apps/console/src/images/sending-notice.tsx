import { useFormat, useText } from '../i18n';
import { Button } from '../ui';
import css from './images.module.css';
import { TEXTS } from './messages';
import type { Sent } from './send-files';

export interface SendingNoticeProps {
  readonly count: number;
  /** Absent until the first bytes have left. */
  readonly sent?: Sent | undefined;
  readonly onCancel: () => void;
}

/** How much of the files has left, and a way to stop. */
export function SendingNotice({ count, sent, onCancel }: SendingNoticeProps) {
  const t = useText(TEXTS);
  const f = useFormat();
  const { sentBytes, totalBytes } = sent ?? { sentBytes: 0, totalBytes: 0 };
  const share = totalBytes === 0 ? 0 : sentBytes / totalBytes;
  const isSent = totalBytes > 0 && sentBytes >= totalBytes;
  const title = isSent ? t('reading') : t('sending', { count });
  return (
    <div className={css['sending']}>
      <p role="status">{title}</p>
      <progress className={css['track']} aria-label={title} {...(isSent ? {} : { value: share, max: 1 })} />
      <p className={css['figures']}>
        {totalBytes === 0
          ? '\u00a0'
          : t('sent', { sent: f.bytes(sentBytes), total: f.bytes(totalBytes), share: f.percent(share, 0) })}
      </p>
      <Button onClick={onCancel}>{t('cancel')}</Button>
    </div>
  );
}
