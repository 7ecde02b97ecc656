import { CopyButton } from '../ui';
import css from './answer.module.css';

const SHOWN = 12;

/** The beginning of a hash or of an id, and a way to the whole of it. @param what its name, for who hears the page */
export function ShortHash({ value, what }: { readonly value: string; readonly what: string }) {
  const bare = value.replace(/^sha256:/, '');
  return (
    <span className={css['hash']}>
      <code title={value}>{bare.length > SHOWN ? `${bare.slice(0, SHOWN)}…` : bare}</code>
      <CopyButton text={value} what={what} />
    </span>
  );
}
