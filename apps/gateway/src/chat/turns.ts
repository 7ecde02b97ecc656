import { hash } from 'node:crypto';
import { ServingError } from '@medserve/errors';
import type { InputFile } from '@medserve/imaging';
import type { Logger } from '@medserve/runtime';
import type { Principal } from '@medserve/security';
import type { SessionStore } from '@medserve/storage';
import canonicalize from 'canonicalize';
import type { BodyBudget } from '../http/body-budget';
import type { Prepared } from '../infer/prepared';
import type { Road } from '../infer/road';
import type { ChatPreparation, PreparedChat } from '../openai/chat-preparation';
import type { HeaderWishes } from '../openai/request-headers';
import { conversationBody, type PastTurn } from './conversation-body';
import { SESSION_LIMITS } from './limits';
import { patientOfTurn } from './patient-of-turn';
import type { SessionContent } from './session-content';
import { busySession } from './session-errors';
import type { TurnWishes } from './session-schema';
import { keyOf, type OpenSession, type SessionReader, type Sessions } from './sessions';
import { TurnKeeper } from './turn-keeper';
import { turnDocument } from './turn-document';

export interface TurnsParts {
  readonly sessions: Pick<Sessions, 'find'>;
  readonly store: SessionReader & Pick<SessionStore, 'claim' | 'release' | 'append'>;
  readonly content: SessionContent;
  readonly preparation: Pick<ChatPreparation, 'prepare'>;
  readonly road: Pick<Road, 'accept'>;
  /** Of the bytes that all requests hold: images that a session remembers count as if they were sent. */
  readonly budget: Pick<BodyBudget, 'take'>;
  readonly logger: Logger;
}

/** A turn that may be accepted, and the road that it has to take: that one keeps its session in step. */
export interface NextTurn {
  readonly prepared: Prepared;
  readonly road: Pick<TurnKeeper, 'accept'>;
}

/** Of an image that is remembered: sealed, opened, as it is sent to the model, and decoded. */
const COPIES = 4;

export interface AskedTurn {
  readonly session: string;
  readonly wishes: TurnWishes;
  readonly headers: TurnHeaders;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

export type TurnHeaders = Pick<HeaderWishes, 'idempotencyKey' | 'patientKey' | 'prefer' | 'wantsDecision'>;

/** The turns of sessions: each is a request of its own, about all that was said and shown before. */
export class Turns {
  constructor(private readonly parts: TurnsParts) {}

  /**
   * Has a turn answered by `run`, which takes it down the road; what the session remembers is held until that resolves.
   *
   * @throws ServingError `not_found`; `session_busy`; `too_large` where the session would hold more than it may; `overloaded` where
   *   too much is remembered at once; `result_shredded`; what preparing a conversation throws
   */
  async answer(by: Principal, asked: AskedTurn, run: (next: NextTurn) => Promise<void>): Promise<void> {
    const session = await this.parts.sessions.find(by, asked.session);
    if (session.isBusy) throw busySession();
    const files = asked.wishes.inputs.map(fileOf);
    checkRoom(session, asked.wishes, files);
    const giveBack = session.imageBytes === 0 ? undefined : this.parts.budget.take(COPIES * session.imageBytes);
    try {
      const { release, ...next } = await this.next(by, asked, session, files);
      try {
        await run(next);
      } finally {
        release();
      }
    } finally {
      giveBack?.();
    }
  }

  private async next(
    by: Principal,
    { session: id, wishes, headers, signal }: AskedTurn,
    session: OpenSession,
    files: readonly InputFile[],
  ): Promise<NextTurn & Pick<PreparedChat, 'release'>> {
    const { store, content, preparation, road, logger } = this.parts;
    const past = session.turns === 0 ? [] : await this.past(by.tenant, id);
    const body = conversationBody(session.words, past, { wishes, files });
    const { purpose = by.purpose } = session.words;
    const asker: Principal = purpose === undefined ? by : { ...by, purpose };
    const { class: urgency, deadlineMs } = wishes;
    const chat = await preparation.prepare(asker, body, { ...headers, class: urgency, deadlineMs }, signal);
    const keeper = new TurnKeeper(
      { store, content, road, logger },
      { key: keyOf(by, id), turns: session.turns, text: wishes.text, files },
    );
    const { release, ...conversation } = chat;
    try {
      const hasKey = headers.patientKey !== undefined;
      const patient = patientOfTurn(session.patient, chat.subject.patient, { hasKey });
      const aboutOne = { ...conversation, subject: { ...chat.subject, patient } };
      return { prepared: preparedTurn(aboutOne, session, wishes, files), road: keeper, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  private async past(tenant: string, id: string): Promise<readonly PastTurn[]> {
    const { store, content } = this.parts;
    const [turns, images] = await Promise.all([store.turns(tenant, id), store.images(tenant, id)]);
    const shown = new Map(images.map(({ request, images: sealed }) => [request, sealed]));
    return Promise.all(
      turns.map(async ({ request, words }) => {
        const sealed = shown.get(request);
        const files = sealed === undefined ? [] : await content.files(tenant, request, sealed);
        return { words: await content.words(tenant, request, words), files };
      }),
    );
  }
}

const fileOf = ({ data, mediaType }: TurnWishes['inputs'][number]): InputFile => {
  const bytes = Buffer.from(data, 'base64');
  return mediaType === undefined ? { bytes } : { bytes, mediaType };
};

function checkRoom(session: OpenSession, { text }: TurnWishes, files: readonly InputFile[]): void {
  const { turns, wordBytes, imageBytes } = SESSION_LIMITS;
  const added = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const checks = [
    { field: undefined, limit: `turns: ${String(turns)}`, isFull: session.turns >= turns },
    {
      field: 'text',
      limit: `words: ${String(wordBytes)} bytes`,
      isFull: session.wordBytes + Buffer.byteLength(text) > wordBytes,
    },
    { field: 'inputs', limit: `images: ${String(imageBytes)} bytes`, isFull: session.imageBytes + added > imageBytes },
  ];
  const broken = checks.find(({ isFull }) => isFull);
  if (broken === undefined) return;
  throw new ServingError('too_large', 'The session would hold more than it may.', {
    field: broken.field,
    limit: broken.limit,
    remedy: 'Open another session; what is to be remembered has to be said there again.',
  });
}

/**
 * The same turn, sent again under its idempotency key, is the same request, although the conversation has gone on by it meanwhile: so
 * its fingerprint knows the session and the turn's own words and images only.
 */
function preparedTurn(
  chat: Omit<PreparedChat, 'release'>,
  { id, turns }: OpenSession,
  { text, parameters, class: urgency }: TurnWishes,
  files: readonly InputFile[],
): Prepared {
  const images = files.map(({ bytes }) => hash('sha256', bytes, 'hex'));
  const canonical = canonicalize([id, text, parameters, urgency, images]) ?? '';
  const { language } = parameters;
  return {
    ...chat,
    fingerprint: hash('sha256', canonical, 'buffer'),
    compose: (composition) =>
      turnDocument({ session: id, turn: turns + 1, inputs: chat.subject.inputs, language }, composition),
  };
}
