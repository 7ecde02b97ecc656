import {
  ServerInterceptingCall,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { ServingError, toServingError } from '@medserve/errors';
import { toStatus } from '../status';
import { watchMessages } from './announced-messages';
import { HeldMessages, type ByteBudget } from './held-messages';
import { inflateMessages } from './inflate-messages';
import type { Read } from './readable';

export interface CallGateOptions<Caller> {
  /**
   * Says who a call is from before anything of its message is read, and again with every message of a stream. What it throws is
   * the call's status; `undefined`: the method is open to anyone, and takes small messages only.
   *
   * @param certificate the certificate (DER) of a TLS peer whom a trusted authority vouches for
   */
  readonly admit: (
    path: string,
    metadata: Metadata,
    certificate: () => Buffer | undefined,
  ) => Promise<Caller | undefined>;
  readonly budget: ByteBudget;
  /** Of one message, in bytes. */
  readonly maxMessageBytes: number;
  /** How long nothing may come of a message that has begun, in milliseconds; default: a minute. */
  readonly idleMs?: number;
  /** Told of every call that is refused here. */
  readonly onRefused: (error: ServingError) => void;
}

/** Of a message of nobody in particular: probes and questions after methods are far smaller. */
const OPEN_MESSAGE_BYTES = 16 << 10;

const IDLE_MS = 60_000;

/**
 * What stands in front of every method of a server that strangers can reach. A call whose headers do not pass gets its status at
 * once, and its message is never buffered; the messages of all calls together stay within a budget of bytes.
 */
export class CallGate<Caller extends object> {
  private readonly callers = new WeakMap<Metadata, Caller>();
  private readonly holders = new WeakMap<object, HeldMessages>();

  constructor(private readonly options: CallGateOptions<Caller>) {}

  /** @throws ServingError `unauthenticated` when nobody was proven: a method that anyone may call does not ask */
  callerOf({ metadata }: { readonly metadata: Metadata }): Caller {
    const caller = this.callers.get(metadata);
    if (caller === undefined) throw new ServingError('unauthenticated', 'The request carries no valid key.');
    return caller;
  }

  /** A message of a stream was dealt with, so that more may be read. Those of other calls are done when the call is. */
  done(message: object): void {
    this.holders.get(message)?.done(message);
  }

  readonly interceptor: ServerInterceptor = ({ path, requestStream }, call) => {
    const held = new HeldMessages(this.options.budget);
    // Until somebody is proven.
    let isOpen = true;
    const check = (bytes: number): void => {
      const limit = isOpen ? OPEN_MESSAGE_BYTES : this.options.maxMessageBytes;
      if (bytes > limit) throw tooLarge(limit);
    };
    const refuse = (error: ServingError): void => {
      this.options.onRefused(error);
      call.sendStatus(toStatus(error));
    };
    const watch = watchMessages(
      call,
      {
        arrived: (bytes, of) => {
          check(of);
          // Messages so small are not worth a place that others could take.
          if (!isOpen) held.arrived(bytes, of);
        },
        complete: () => {
          held.completed();
        },
        idle: () => {
          throw new ServingError('deadline_exceeded', 'The rest of the message did not come.');
        },
        refuse: (thrown) => {
          // The decoder of grpc-js throws for no other reason.
          refuse(thrown instanceof ServingError ? thrown : tooLarge(this.options.maxMessageBytes, thrown));
        },
      },
      this.options.idleMs ?? IDLE_MS,
    );
    inflateMessages(
      call,
      () => {
        const take = held.inflating();
        let size = 0;
        return (bytes) => {
          size += bytes;
          check(size);
          if (!isOpen) take(bytes);
        };
      },
      this.options.onRefused,
    );
    const admit = async (metadata: Metadata): Promise<void> => {
      const caller = await this.options.admit(path, metadata, () => call.getAuthContext().sslPeerCertificate?.raw);
      isOpen = caller === undefined;
      if (caller !== undefined) this.callers.set(metadata, caller);
    };
    const asServingError = (thrown: unknown): void => {
      refuse(toServingError(thrown));
    };
    let admitted: Metadata | undefined;
    return new GatedCall(call, requestStream ? held : undefined, {
      start: (next) => {
        next({
          // grpc-js reads of a call only what its handler asks for, and the handler starts with `pass`.
          onReceiveMetadata: (metadata, pass) => {
            admit(metadata).then(() => {
              admitted = metadata;
              pass(metadata);
            }, asServingError);
          },
          onReceiveMessage: (read: Read, pass) => {
            if (read.error) {
              refuse(read.error);
              return;
            }
            held.deliver(read.message);
            if (!requestStream || admitted === undefined) {
              pass(read.message);
              return;
            }
            this.holders.set(read.message as object, held);
            // A stream may live for days, and a key be revoked meanwhile.
            admit(admitted).then(() => {
              pass(read.message);
            }, asServingError);
          },
          onCancel: () => {
            watch.end();
            held.end();
          },
        });
      },
    });
  };
}

function tooLarge(limitBytes: number, cause?: unknown): ServingError {
  const limit = `message: ${String(limitBytes)} bytes`;
  return new ServingError('too_large', 'The message is larger than may be.', { limit, cause });
}

/** A call from which is read only while there is room. */
class GatedCall extends ServerInterceptingCall {
  constructor(
    call: ServerInterceptingCallInterface,
    private readonly held: HeldMessages | undefined,
    responder: ConstructorParameters<typeof ServerInterceptingCall>[1],
  ) {
    super(call, responder);
  }

  override startRead(): void {
    if (this.held === undefined) super.startRead();
    else
      this.held.whenRoom(() => {
        super.startRead();
      });
  }
}
