import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { FramePayload, type EncodedFrame, type IncomingRequest } from '@medserve/rpc';
import type { FromWorker, ToWorker } from './messages';

type Loaded = FromWorker & { readonly kind: 'loaded' };

/** A small message shares grpc-js's pool and a large one owns its memory, less the gRPC prefix. */
const MAX_SLACK_BYTES = 64;
const POOLED_BYTES = 8_192;

/** The frame's bytes in memory that can be given away: the very bytes where they own it, a copy where they share it. */
function ownBytes(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength, byteOffset } = bytes;
  const owns = byteLength > POOLED_BYTES && buffer.byteLength - byteLength <= MAX_SLACK_BYTES;
  return owns ? new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) : new Uint8Array(bytes);
}

/** The worker thread that holds the session, seen from the host's main thread. */
export class ModelThread {
  private readonly worker = new Worker(join(__dirname, '..', 'worker-main.js'));
  private job: { readonly request: IncomingRequest; readonly done: (frame: EncodedFrame) => void } | undefined;
  private loading: { readonly loaded: (message: Loaded) => void; readonly broken: (error: Error) => void } | undefined;

  /** `onWaiting`: all code is loaded. `onLost`: the thread ended, and with it the host has to. */
  constructor(onWaiting: () => void, onLost: () => void) {
    this.worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'waiting':
          onWaiting();
          return;
        case 'loaded':
          this.loading?.loaded(message);
          return;
        case 'broken':
          this.loading?.broken(new Error(message.detail));
          return;
        case 'progress':
          this.job?.request.progress(message.phase, message.percent);
          return;
        case 'done': {
          const job = this.job;
          this.job = undefined;
          job?.done(new FramePayload(message.parts));
        }
      }
    });
    this.worker.on('error', onLost);
    this.worker.on('exit', onLost);
  }

  /** @throws Error whose message tells what is wrong with the package. */
  load(folder: string): Promise<Loaded> {
    return new Promise((loaded, broken) => {
      this.loading = { loaded, broken };
      this.post({ kind: 'load', folder }, []);
    });
  }

  /** One at a time. The request's `bytes` are given away and must not be used any more. */
  run(request: IncomingRequest, queuedMs: number): Promise<EncodedFrame> {
    return new Promise((done) => {
      this.job = { request, done };
      const frame = ownBytes(request.bytes);
      this.post({ kind: 'run', frame, queuedMs, wantsProgress: request.routing.wantsProgress }, [frame.buffer]);
    });
  }

  private post(message: ToWorker, transfer: ArrayBuffer[]): void {
    this.worker.postMessage(message, transfer);
  }
}
