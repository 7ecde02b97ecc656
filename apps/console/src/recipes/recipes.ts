import type { Place, Recipe, RecipeAsk } from './ask';
import { curl } from './curl';
import { grpcurl } from './grpcurl';
import { medserve } from './medserve';
import { node } from './node';
import { pythonRecipe } from './python';

/** Ways to ask the same, ready to paste. None of them holds a key: all take it from `MEDSERVE_KEY`. */
export const recipesOf = (ask: RecipeAsk, place: Place): readonly Recipe[] => [
  { id: 'curl', title: 'curl', text: curl(ask, place) },
  { id: 'python', title: 'Python', text: pythonRecipe(ask, place) },
  { id: 'node', title: 'Node', text: node(ask, place) },
  { id: 'grpcurl', title: 'grpcurl', text: grpcurl(ask, place) },
  { id: 'medserve', title: 'medserve', text: medserve(ask, place) },
];
