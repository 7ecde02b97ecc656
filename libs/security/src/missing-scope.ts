import { ServingError } from '@medserve/errors';
import type { Scope } from './scopes';

/** Somebody is known, and what they sent is good for less than this. */
export class MissingScope extends ServingError {
  constructor(readonly scope: Scope) {
    super('forbidden', `The key lacks the scope "${scope}".`);
  }
}
