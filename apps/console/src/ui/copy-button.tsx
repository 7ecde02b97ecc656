import { useState } from 'react';
import { useText } from '../i18n';
import { Button } from './button';
import { Hidden } from './hidden';
import { UI } from './messages';
import css from './ui.module.css';

const SHOWN_MS = 2_000;

export interface CopyButtonProps {
  readonly text: string;
  /** What it is, for who hears the page and not sees what it stands beside. */
  readonly what: string;
}

/** Puts a text on the clipboard, and says so; where the browser does not let it, there is nothing to press. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const t = useText(UI);
  const [isDone, setIsDone] = useState(false);
  // Outside a secure context there is none, whatever its type says.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard === undefined) return null;
  const copy = async (): Promise<void> => {
    try {
      await clipboard.writeText(text);
    } catch {
      // A browser may refuse it, or the reader: then nothing was copied, and nothing says so.
      return;
    }
    setIsDone(true);
    setTimeout(() => {
      setIsDone(false);
    }, SHOWN_MS);
  };
  return (
    <>
      <Button look="quiet" className={css['small']} aria-label={t('copyWhat', { what })} onClick={() => void copy()}>
        {t(isDone ? 'copied' : 'copy')}
      </Button>
      <Hidden>
        <span role="status">{isDone ? t('copied') : ''}</span>
      </Hidden>
    </>
  );
}
