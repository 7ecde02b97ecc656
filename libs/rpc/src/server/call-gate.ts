import {
  ServerInterceptingCall,
  type Metadata,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import { ServingError } from '@medserve/errors';
import { toStatus } from '../status';
import { watchMessages } from './announced-messages';
import { HeldMessages, type ByteBudget } from './held-messages';
import type { Read } from './readable';

export interface CallGateOptions<Caller> {
  /** Says who a call is from before anything of its message is read. What it throws is the call's status. */
  readonly admit: (path: string, metadata: Metadata) => Promise<Caller | undefined>;
  readonly budget: ByteBudget;
  /** Of one message, in bytes. */
  readonly maxMessageBytes: number;
  /** Told of every call that is refused here. */
  readonly onRefused: (error: ServingError) => void;
}

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
    const refuse = (thrown: unknown): void => {
      const error = thrown instanceof ServingError ? thrown : this.tooLarge(thrown);
      this.options.onRefused(error);
      call.sendStatus(toStatus(error));
    };
    watchMessages(
      call,
      (bytes) => {
        held.announce(bytes);
      },
      refuse,
    );
    return new GatedCall(call, requestStream ? held : undefined, {
      start: (next) => {
        next({
          // grpc-js reads of a call only what its handler asks for, and the handler starts with `pass`.
          onReceiveMetadata: (metadata, pass) => {
            this.options.admit(path, metadata).then((caller) => {
              if (caller !== undefined) this.callers.set(metadata, caller);
              pass(metadata);
            }, refuse);
          },
          onReceiveMessage: (read: Read, pass) => {
            try {
              if (read.error) throw read.error;
              held.deliver(read.message, read.byteLength);
            } catch (error) {
              refuse(error);
              return;
            }
            if (requestStream) this.holders.set(read.message as object, held);
            pass(read.message);
          },
          onCancel: () => {
            held.end();
          },
        });
      },
    });
  };

  /** The decoder of grpc-js throws for no other reason. */
  private tooLarge(cause: unknown): ServingError {
    const limit = `message: ${String(this.options.maxMessageBytes)} bytes`;
    return new ServingError('too_large', 'The message is larger than may be.', { limit, cause });
  }
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
