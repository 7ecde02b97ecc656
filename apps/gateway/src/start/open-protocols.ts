import { openConversations } from '../chat/open-conversations';
import type { Sessions } from '../chat/sessions';
import type { Turns } from '../chat/turns';
import { UploadedFiles } from '../files/uploaded-files';
import type { BodyBudget } from '../http/body-budget';
import { Inspection } from '../inspect/inspection';
import { Inference } from '../oip/inference';
import { Models } from '../oip/models';
import { ChatPreparation } from '../openai/chat-preparation';
import { EmbeddingPreparation } from '../openai/embedding-preparation';
import { LanguageModels } from '../openai/language-models';
import { StreamBudget } from '../openai/stream-budget';
import type { Ground, Start } from './open-ground';
import type { OpenedRoad } from './open-road';
import type { OpenedRecord } from './open-record';

/** What turns the requests of each protocol into those of the road. */
export interface Protocols {
  readonly inspection: Inspection;
  readonly inference: Inference;
  readonly models: Models;
  readonly uploads: UploadedFiles;
  readonly chat: ChatPreparation;
  readonly embeddings: EmbeddingPreparation;
  readonly streams: StreamBudget;
  readonly sessions: Sessions;
  readonly turns: Turns;
}

/** @param budget of the bodies of all requests, of which conversations have a share */
export function openProtocols(
  { context: { instruments, logger } }: Start,
  { storage, router, catalogue }: Ground,
  { vault, activities }: OpenedRecord,
  { references, decoder, dispatcher, road, wake }: OpenedRoad,
  budget: BodyBudget,
): Protocols {
  const languages = new LanguageModels(catalogue);
  const uploads = new UploadedFiles({ store: storage.uploads, vault, activities, references, now: () => new Date() });
  const chat = new ChatPreparation({ decoder, models: languages, uploads, road, instruments, references, wake });
  const conversations = openConversations({
    budget,
    store: storage.sessions,
    vault,
    models: languages,
    activities,
    preparation: chat,
    road,
    logger,
  });
  return {
    inspection: new Inspection({ decoder, dispatcher, catalogue, instruments }),
    inference: new Inference({ catalogue, road, instruments, references }),
    models: new Models(catalogue, router),
    uploads,
    chat,
    embeddings: new EmbeddingPreparation({ models: languages, instruments, references, wake }),
    streams: new StreamBudget(instruments.streamBytes),
    ...conversations,
  };
}
