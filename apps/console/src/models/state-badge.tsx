import { Badge } from '../ui';
import type { ModelState } from './model-types';
import { toneOf, useModelWords } from './model-words';

export function StateBadge({ state }: { readonly state: ModelState }) {
  const words = useModelWords();
  return <Badge tone={toneOf(state)}>{words.state(state)}</Badge>;
}
