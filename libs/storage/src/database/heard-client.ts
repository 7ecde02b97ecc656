import { Client } from 'pg';

/**
 * A connection whose end somebody always listens for. A pool stops listening when it hands one out, and whoever takes it begins a
 * moment later; word that the server ended it can come between, in the same packet as the last answer. Unheard it would end the
 * process. What was lost is seen by the next statement.
 */
export class HeardClient extends Client {
  constructor(config?: ConstructorParameters<typeof Client>[0]) {
    super(config);
    this.on('error', () => undefined);
  }
}
