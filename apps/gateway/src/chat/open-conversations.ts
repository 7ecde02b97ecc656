import type { Logger } from '@medserve/runtime';
import type { ContentVault, SessionStore } from '@medserve/storage';
import type { Activities } from '../activities/activities';
import type { BodyBudget } from '../http/body-budget';
import type { Road } from '../infer/road';
import type { ChatPreparation } from '../openai/chat-preparation';
import type { LanguageModels } from '../openai/language-models';
import { SessionContent } from './session-content';
import { Sessions } from './sessions';
import { Turns } from './turns';

export interface ConversationsParts {
  readonly store: SessionStore;
  readonly vault: ContentVault;
  readonly models: LanguageModels;
  readonly activities: Activities;
  readonly preparation: ChatPreparation;
  readonly road: Road;
  readonly budget: BodyBudget;
  readonly logger: Logger;
}

/** Conversations that are kept in the database. */
export function openConversations({ vault, models, activities, ...parts }: ConversationsParts): {
  readonly sessions: Sessions;
  readonly turns: Turns;
} {
  const content = new SessionContent(vault);
  const sessions = new Sessions({ store: parts.store, content, models, activities, now: () => new Date() });
  return { sessions, turns: new Turns({ ...parts, content, sessions }) };
}
