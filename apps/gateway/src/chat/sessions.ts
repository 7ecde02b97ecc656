import { ServingError } from '@medserve/errors';
import { type ActivityEvent, isId, newEventId } from '@medserve/events';
import type { Principal } from '@medserve/security';
import type { SessionKey, SessionStore, StoredSession, StoredTurn } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import type { LanguageModels } from '../openai/language-models';
import { SESSION_LIMITS } from './limits';
import type { SessionContent, SessionHead, TurnWords } from './session-content';
import { unknownSession } from './session-errors';
import type { SessionWishes } from './session-schema';

export type SessionReader = Pick<SessionStore, 'open' | 'find' | 'turns' | 'images' | 'close'>;

export interface SessionsParts {
  readonly store: SessionReader;
  readonly content: SessionContent;
  readonly models: Pick<LanguageModels, 'choose'>;
  readonly activities: Pick<Activities, 'eventOf'>;
  readonly now: () => Date;
}

/** A session as its owner has it. */
export interface OpenSession extends StoredSession {
  readonly words: SessionHead;
}

/** A turn as it is shown; of one whose key was destroyed only that it was. */
export type ShownTurn = Pick<StoredTurn, 'number' | 'request' | 'at'> & (TurnWords | { readonly shredded: true });

export interface ShownSession {
  readonly id: string;
  readonly object: 'session';
  readonly model: string;
  readonly system?: string;
  readonly purpose?: string;
  readonly ttlSeconds: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly isBusy: boolean;
  readonly holds: { readonly turns: number; readonly wordBytes: number; readonly imageBytes: number };
  readonly limits: { readonly turns: number; readonly wordBytes: number; readonly imageBytes: number };
  readonly turns: readonly ShownTurn[];
}

export const keyOf = ({ tenant, id: owner }: Principal, id: string): SessionKey => ({ tenant, owner, id });

/** Conversations of those who ask, each its own. Another's session is as unknown as one that never was. */
export class Sessions {
  constructor(private readonly parts: SessionsParts) {}

  /** @throws ServingError `model_not_found` and what else choosing throws; `forbidden`; `quota_exceeded`; `unavailable` */
  async open(by: Principal, { model, system, purpose, ttlSeconds }: SessionWishes): Promise<ShownSession> {
    const { store, content, models, now } = this.parts;
    models.choose(model, 'chat');
    if (purpose !== undefined && by.purpose !== undefined && purpose !== by.purpose) {
      throw new ServingError('forbidden', 'The credential was given for another purpose.', { field: 'purpose' });
    }
    const id = newEventId();
    const key = keyOf(by, id);
    const words = { model, ...(system === undefined ? {} : { system }), ...(purpose === undefined ? {} : { purpose }) };
    const event = this.eventOf(by, 'session_opened', id);
    const createdAt = now();
    const whose = { tenant: by.tenant, at: createdAt.toISOString() };
    const expiresAt = await content.storeHead(whose, id, words, (head) =>
      store.open({ ...key, head, ttlSeconds }, event),
    );
    const empty = { patient: null, turns: 0, wordBytes: 0, imageBytes: 0, isBusy: false };
    return shown({ id, head: Buffer.alloc(0), words, ttlSeconds, createdAt, expiresAt, ...empty }, []);
  }

  /** @throws ServingError `not_found`; `result_shredded` where the key of its beginning was destroyed */
  async find(by: Principal, id: string): Promise<OpenSession> {
    const { store, content } = this.parts;
    const found = isId(id) ? await store.find(keyOf(by, id)) : undefined;
    if (found === undefined) throw unknownSession();
    return { ...found, words: await content.head(by.tenant, id, found.head) };
  }

  /** Its turns, without images: their hashes stand for them. @throws ServingError `not_found` */
  async show(by: Principal, id: string): Promise<ShownSession> {
    const session = await this.find(by, id);
    const turns = await this.parts.store.turns(by.tenant, id);
    return shown(session, await Promise.all(turns.map((turn) => this.shownTurn(by.tenant, turn))));
  }

  /** @throws ServingError `not_found` */
  async close(by: Principal, id: string): Promise<void> {
    const isClosed =
      isId(id) &&
      (await this.parts.store.close(keyOf(by, id), (turns) => this.eventOf(by, 'session_closed', id, { turns })));
    if (!isClosed) throw unknownSession();
  }

  private async shownTurn(tenant: string, { number, request, at, words }: StoredTurn): Promise<ShownTurn> {
    try {
      return { number, request, at, ...(await this.parts.content.words(tenant, request, words)) };
    } catch (error) {
      if (error instanceof ServingError && error.reason === 'result_shredded') {
        return { number, request, at, shredded: true };
      }
      throw error;
    }
  }

  private eventOf(
    by: Principal,
    event: 'session_opened' | 'session_closed',
    id: string,
    facts?: NonNullable<ActivityEvent['facts']>,
  ): ActivityEvent {
    const deed = { event, subject: `session:${id}`, outcome: 'success' as const };
    return this.parts.activities.eventOf(by, facts === undefined ? deed : { ...deed, facts });
  }
}

function shown(session: OpenSession, turns: readonly ShownTurn[]): ShownSession {
  const { id, words, ttlSeconds, createdAt, expiresAt, isBusy, wordBytes, imageBytes } = session;
  const { turns: most, wordBytes: mostWords, imageBytes: mostImages } = SESSION_LIMITS;
  return {
    id,
    object: 'session',
    ...words,
    ttlSeconds,
    createdAt,
    expiresAt,
    isBusy,
    holds: { turns: session.turns, wordBytes, imageBytes },
    limits: { turns: most, wordBytes: mostWords, imageBytes: mostImages },
    turns,
  };
}
