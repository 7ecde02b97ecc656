import { useId, useRef, useState } from 'react';
import { useText } from '../i18n';
import { CopyButton, Panel } from '../ui';
import type { Recipe, RecipeAsk } from './ask';
import { TEXTS } from './messages';
import { nextTab } from './next-tab';
import { recipesOf } from './recipes';
import css from './recipes.module.css';

export interface RecipesPanelProps {
  readonly ask: RecipeAsk;
}

const HINTS = {
  curl: ['shell'],
  python: ['script'],
  node: ['module'],
  grpcurl: ['shell', 'grpcPort'],
  medserve: ['shell', 'folder'],
} as const satisfies Record<Recipe['id'], readonly string[]>;

/** What was asked on the page, as what can be pasted elsewhere. */
export function RecipesPanel({ ask }: RecipesPanelProps) {
  const t = useText(TEXTS);
  const id = useId();
  const [chosen, setChosen] = useState(0);
  const tabs = useRef<(HTMLButtonElement | null)[]>([]);
  const recipes = recipesOf(ask, { url: location.origin });
  const recipe = recipes[chosen];
  if (recipe === undefined) return null;
  return (
    <Panel title={t('title')} className={css['panel']}>
      <p>{t('intro')}</p>
      <div className={css['bar']}>
        <div role="tablist" aria-label={t('ways')} className={css['tabs']}>
          {recipes.map(({ id: way, title }, index) => (
            <button
              key={way}
              ref={(tab) => {
                tabs.current[index] = tab;
              }}
              type="button"
              role="tab"
              id={`${id}-${way}`}
              aria-selected={index === chosen}
              aria-controls={`${id}-recipe`}
              tabIndex={index === chosen ? 0 : -1}
              className={css['tab']}
              onClick={() => {
                setChosen(index);
              }}
              onKeyDown={(event) => {
                const next = nextTab(event.key, index, recipes.length);
                if (next === undefined) return;
                event.preventDefault();
                setChosen(next);
                tabs.current[next]?.focus();
              }}
            >
              {title}
            </button>
          ))}
        </div>
        <CopyButton text={recipe.text} what={t('recipe', { way: recipe.title })} />
      </div>
      <div role="tabpanel" id={`${id}-recipe`} aria-labelledby={`${id}-${recipe.id}`}>
        <pre
          tabIndex={0}
          aria-label={t('recipe', { way: recipe.title })}
          role="region"
          className={css['text']}
          translate="no"
        >
          {recipe.text}
        </pre>
        <p className={css['hint']}>{HINTS[recipe.id].map((hint) => t(hint)).join(' ')}</p>
      </div>
    </Panel>
  );
}
