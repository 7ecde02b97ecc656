import { Server, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { ServingError } from '@medserve/errors';

/** What a deserialiser made of the bytes of a message. */
export class Read {
  constructor(
    /** Inflated. */
    readonly byteLength: number,
    readonly message: unknown,
    readonly error?: ServingError,
  ) {}
}

const UNREADABLE = 'The message is not one of this method, or holds a number that is too large.';

const readable =
  (deserialize: (bytes: Buffer) => unknown) =>
  (bytes: Buffer): Read => {
    try {
      return new Read(bytes.byteLength, deserialize(bytes));
    } catch (cause) {
      const isTold = cause instanceof ServingError;
      const error = isTold ? cause : new ServingError('invalid_request', UNREADABLE, { cause });
      return new Read(bytes.byteLength, undefined, error);
    }
  };

/**
 * A server whose messages reach its interceptor as `Read`: grpc-js spells what a deserialiser throws as INTERNAL, as if it were
 * a fault of ours, and does not say how large a message was.
 */
export class ReadableServer extends Server {
  override addService(service: ServiceDefinition, implementation: UntypedServiceImplementation): void {
    const methods = Object.entries(service).map(
      ([name, method]) => [name, { ...method, requestDeserialize: readable(method.requestDeserialize) }] as const,
    );
    super.addService(Object.fromEntries(methods), implementation);
  }
}
