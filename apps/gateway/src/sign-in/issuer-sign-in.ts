import { hash } from 'node:crypto';
import { ServingError, toServingError } from '@medserve/errors';
import type { Logger } from '@medserve/runtime';
import type { IssuerReader, PersonSignIn, TenantReader } from '@medserve/security';
import type { AssertionUse } from '@medserve/storage';
import type { Attempts } from './attempts';
import { FlowRefused, type CodeFlow } from './code-flow';
import { pageOr, type Trouble } from './page-paths';
import type { Provider, Providers } from './providers';
import type { RefusedSignIns } from './refused-sign-ins';
import type { Flow, SealedFlows } from './sealed-flow';
import type { BrowserSessions } from './sessions-of-browsers';

export interface IssuerSignInParts {
  readonly providers: Pick<Providers, 'list' | 'find'>;
  readonly issuers: IssuerReader;
  readonly tenants: TenantReader;
  readonly flow: Pick<CodeFlow, 'begin' | 'finish'>;
  readonly sealed: SealedFlows;
  readonly people: Pick<PersonSignIn, 'prove'>;
  readonly sessions: Pick<BrowserSessions, 'begin' | 'end'>;
  readonly attempts: Attempts;
  readonly refused: Pick<RefusedSignIns, 'tell'>;
  /** What was used once, at any gateway, is not used again. */
  readonly memory: { remember(use: AssertionUse): Promise<boolean> };
  readonly logger: Pick<Logger, 'warn'>;
  readonly now: () => number;
}

export type Outcome = { readonly secret: string; readonly page: string } | { readonly trouble: Trouble };

/** Longer than any flow lives, whatever the clocks of gateways and database. */
const REMEMBERED_MS = 7_200_000;

const MINUTE_MS = 60_000;

/** People sign in where their hospital knows them. A browser is always led on to a page, which tells what went wrong. */
export class IssuerSignIn {
  private warnedMs = -Infinity;

  constructor(private readonly parts: IssuerSignInParts) {}

  /** What the page offers. */
  async providers(): Promise<readonly { readonly id: string; readonly title: string }[]> {
    return (await this.parts.providers.list()).map(({ id, signIn }) => ({ id, title: signIn.title }));
  }

  /**
   * @param returnTo the page that somebody came from
   * @returns where the browser goes, and what it keeps meanwhile
   * @throws ServingError `not_found`
   */
  async begin(
    id: string,
    returnTo: unknown,
  ): Promise<{ readonly url: string; readonly kept: string } | { trouble: Trouble }> {
    const { flow, sealed } = this.parts;
    try {
      const provider = await this.parts.providers.find(id);
      if (provider === undefined) throw new ServingError('not_found', 'Nobody signs in by this.');
      const { url, begun } = await flow.begin(provider);
      return { url: url.href, kept: sealed.seal({ provider: id, returnTo: pageOr(returnTo), ...begun }) };
    } catch (error) {
      if (error instanceof ServingError && error.reason === 'not_found') throw error;
      this.warn(error);
      return { trouble: 'unavailable' };
    }
  }

  /**
   * @param kept what the browser kept since it was sent to the issuer
   * @param query of the address that it came back to, with its `?`
   * @param address where it came from
   * @param before the secret of the session that the browser had, which ends
   */
  async finish(kept: string | undefined, query: string, address: string, before?: string): Promise<Outcome> {
    let provider: Provider | undefined;
    let takeBack: (() => void) | undefined;
    try {
      const flow = kept === undefined ? undefined : this.parts.sealed.open(kept);
      // Any page can send a browser here: that is no attempt, or it would use up those of a whole hospital.
      if (flow === undefined || new URLSearchParams(query).get('state') !== flow.state) return { trouble: 'expired' };
      takeBack = this.parts.attempts.enter(address);
      provider = await this.parts.providers.find(flow.provider);
      if (provider === undefined || !(await this.isFirstUse(provider, flow))) return { trouble: 'expired' };
      const secret = await this.signIn(provider, flow, query);
      takeBack();
      if (before !== undefined) await this.parts.sessions.end(before);
      return { secret, page: flow.returnTo };
    } catch (error) {
      const trouble = await this.troubleOf(error, provider);
      // An outage is nobody's guess.
      if (trouble === 'unavailable') takeBack?.();
      return { trouble };
    }
  }

  private async signIn(provider: Provider, flow: Flow, query: string): Promise<string> {
    const { issuers, people, sessions, tenants } = this.parts;
    if (!(await tenants.isActive(provider.tenant))) {
      throw new ServingError('forbidden', 'The hospital may not use the platform at the moment.');
    }
    const tokens = await this.parts.flow.finish(provider, flow, query);
    const lines = await issuers.findByIssuer(provider.issuer);
    const line = lines.find(({ id }) => id === provider.id);
    if (line === undefined) throw new ServingError('unauthenticated', 'The issuer is not believed any more.');
    const { client } = provider.signIn;
    const { principal, person, name } = await people.prove(tokens, { line, lines, client, nonce: flow.nonce });
    return (await sessions.begin(principal, { person }, name)).secret;
  }

  private isFirstUse({ id, tenant }: Provider, { state }: Flow): Promise<boolean> {
    const until = new Date(this.parts.now() + REMEMBERED_MS);
    return this.parts.memory.remember({ tenant, client: id, jtiHash: hash('sha256', state, 'buffer'), until });
  }

  private async troubleOf(error: unknown, provider: Provider | undefined): Promise<Trouble> {
    const { refused } = this.parts;
    if (error instanceof FlowRefused) {
      await refused.tell('unauthenticated', provider);
      return error.why;
    }
    const { category, reason } = toServingError(error);
    if (category === 'unauthenticated' || category === 'forbidden') {
      await refused.tell(reason, provider);
      return category === 'forbidden' ? 'no-rights' : 'refused';
    }
    if (category === 'exhausted' || reason === 'overloaded') return 'busy';
    this.warn(error);
    return 'unavailable';
  }

  /** Whoever comes by makes one happen, so they are told once a minute. */
  private warn(error: unknown): void {
    const now = this.parts.now();
    if (now - this.warnedMs < MINUTE_MS) return;
    this.warnedMs = now;
    this.parts.logger.warn('nobody can sign in at an issuer at the moment', { error });
  }
}
