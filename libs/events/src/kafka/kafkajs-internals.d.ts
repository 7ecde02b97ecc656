declare module 'kafkajs/src/network/requestQueue/index.js' {
  /** Requests to one broker. Only what `quiet-queues.ts` and its test use of it. */
  export default class RequestQueue {
    constructor(options: {
      readonly maxInFlightRequests: number;
      readonly requestTimeout: number;
      readonly clientId: string;
      readonly broker: string;
      readonly logger: { readonly debug: () => void; readonly warn: () => void };
    });
    readonly pending: readonly unknown[];
    push(request: {
      readonly entry: { readonly correlationId: number; readonly resolve: (answer: unknown) => void };
      readonly expectResponse: boolean;
      readonly sendRequest: () => void;
    }): void;
    fulfillRequest(answer: { readonly correlationId: number; readonly size: number; readonly payload: unknown }): void;
    scheduleCheckPendingRequests(): void;
    destroy(): void;
  }
}
