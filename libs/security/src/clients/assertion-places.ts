import { Places } from './places';

const AT_ONCE = 64;
const OF_ONE_CLIENT = 4;

/**
 * Room for what anybody can make this platform do at its token endpoint: look a client up, and check a signature. Each is held
 * for about a millisecond and never while keys are waited for, and one client has few of the places: whoever floods the endpoint
 * with assertions that they made up does not keep others out.
 */
export class AssertionPlaces {
  private readonly all = new Places('assertions', AT_ONCE);
  private readonly clients = new Map<string, Places>();

  /** @throws ServingError `overloaded` */
  lookUp<T>(work: () => Promise<T>): Promise<T> {
    return this.all.hold(work);
  }

  /** @throws ServingError `overloaded` */
  async check<T>(client: string, work: () => Promise<T>): Promise<T> {
    const own = this.clients.get(client) ?? new Places('assertions of a client', OF_ONE_CLIENT);
    this.clients.set(client, own);
    try {
      return await own.hold(() => this.all.hold(work));
    } finally {
      if (own.isEmpty) this.clients.delete(client);
    }
  }
}
