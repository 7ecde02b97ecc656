import { useFormat, useText } from '../i18n';
import css from './answer.module.css';
import { nameInWords, type Fact, type Facts } from './facts';
import { TEXTS } from './messages';

type Scalar = string | number | boolean | null;

/** Names and values of whatever it is, with what is in it. */
export function FactList({ facts, left }: Facts) {
  const t = useText(TEXTS);
  return (
    <dl className={css['facts']}>
      {facts.map((fact, place) => (
        <FactEntry key={place} fact={fact} />
      ))}
      {left === 0 ? null : (
        <div>
          <dt />
          <dd>{t('more', { count: left })}</dd>
        </div>
      )}
    </dl>
  );
}

function FactEntry({ fact }: { readonly fact: Fact }) {
  const t = useText(TEXTS);
  const say = useScalar();
  const { words, unit } = nameInWords(fact.name);
  const measured = (said: string): string => (unit === '' ? said : `${said} ${unit}`);
  return (
    <>
      <dt className={css['name']}>{words === '' ? unit : words}</dt>
      <dd>
        {fact.kind === 'value' ? measured(say(fact.value)) : null}
        {fact.kind === 'list' ? (
          <>
            {measured(fact.values.map(say).join(', '))} {fact.left === 0 ? null : t('more', { count: fact.left })}
          </>
        ) : null}
        {fact.kind === 'group' ? <FactList facts={fact.facts} left={fact.left} /> : null}
      </dd>
    </>
  );
}

function useScalar(): (value: Scalar) => string {
  const t = useText(TEXTS);
  const format = useFormat();
  return (value) => {
    if (typeof value === 'number') return format.number(value, 6);
    if (typeof value === 'boolean') return t('truth', { value: String(value) });
    return value ?? t('nothing');
  };
}
