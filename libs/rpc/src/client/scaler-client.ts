import type { Client } from '@grpc/grpc-js';
import { ScalerService, type WatchDecisionsResponse } from '@medserve/contracts';
import { clientOver, type Link } from '../tls/link';
import { watch } from './watch';

/** Told of every message about what is decided; of `undefined` when the scaler was lost. */
export type DecisionListener = (told: WatchDecisionsResponse | undefined) => void;

/** What gateway and supervisor see of the scaler: its decisions. */
export class ScalerClient {
  private readonly client: Client;

  constructor(address: string, link?: Link) {
    this.client = clientOver(address, link);
  }

  /** Follows what is decided, over breaks; gives back how to stop. */
  watchDecisions(listener: DecisionListener): () => void {
    const watching = watch({
      client: this.client,
      method: ScalerService.watchDecisions,
      request: {},
      onMessage: listener,
      onLost: () => {
        listener(undefined);
      },
    });
    return () => {
      watching.close();
    };
  }

  close(): void {
    this.client.close();
  }
}
