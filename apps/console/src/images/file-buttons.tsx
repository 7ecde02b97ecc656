import { useRef, type RefObject } from 'react';
import { useText } from '../i18n';
import { Button, type ButtonProps } from '../ui';
import { chosenFiles } from './found-files';
import { TEXTS } from './messages';
import type { FoundFile } from './sort-out';

export interface FileButtonsProps {
  readonly onFound: (found: Promise<FoundFile[]>) => void;
  readonly look?: ButtonProps['look'];
}

/** Not in React's types: https://wicg.github.io/entries-api/#dom-htmlinputelement-webkitdirectory */
const FOLDER: object = { webkitdirectory: '' };

/** Chooses files, or a folder with all that is in it. */
export function FileButtons({ onFound, look = 'usual' }: FileButtonsProps) {
  const t = useText(TEXTS);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const input = (ref: RefObject<HTMLInputElement | null>, isFolder: boolean) => (
    <input
      ref={ref}
      type="file"
      hidden
      multiple
      {...(isFolder ? FOLDER : {})}
      aria-label={t(isFolder ? 'chooseFolder' : 'chooseFiles')}
      onChange={({ currentTarget }) => {
        const chosen = currentTarget.files;
        if (chosen !== null && chosen.length > 0) onFound(Promise.resolve(chosenFiles(chosen)));
        // So that the same file can be chosen again.
        currentTarget.value = '';
      }}
    />
  );
  return (
    <>
      <Button look={look} onClick={() => files.current?.click()}>
        {t('chooseFiles')}
      </Button>
      <Button onClick={() => folder.current?.click()}>{t('chooseFolder')}</Button>
      {input(files, false)}
      {input(folder, true)}
    </>
  );
}
