import type { Reason } from '@medserve/errors';
import type { Activities } from '../activities/activities';
import type { Denials } from '../activities/denials';

/** Of a gateway, in a minute, that are told one by one; the rest is counted in the minute's entry of all that was refused. */
const TOLD_SINGLY = 10;

const MINUTE_MS = 60_000;
/** Whose log has what comes from nobody who is known. */
const HOME_TENANT = 'home';

/** Puts on record that a sign-in was refused, without a word of what was sent. */
export class RefusedSignIns {
  private told = 0;
  private minuteBeganMs: number;

  /** @param now milliseconds that only grow */
  constructor(
    private readonly activities: Pick<Activities, 'tellAsGateway'>,
    private readonly denials: Pick<Denials, 'unknown'>,
    private readonly now: () => number,
  ) {
    this.minuteBeganMs = now();
  }

  /**
   * Never rejects: a refusal stays one without a database.
   *
   * @param provider the line of the issuer, where somebody came from one
   */
  async tell(reason: Reason, provider?: { readonly id: string; readonly tenant: string }): Promise<void> {
    const now = this.now();
    if (now - this.minuteBeganMs >= MINUTE_MS) {
      this.minuteBeganMs = now;
      this.told = 0;
    }
    if (this.told >= TOLD_SINGLY) {
      this.denials.unknown(reason);
      return;
    }
    this.told += 1;
    const subject = provider === undefined ? 'route:/v1/sign-in' : `issuer:${provider.id}`;
    const deed = { event: 'sign_in_refused', subject, outcome: 'refused', reason } as const;
    await this.activities.tellAsGateway(provider?.tenant ?? HOME_TENANT, deed).catch(() => {
      this.denials.unknown(reason);
    });
  }
}
