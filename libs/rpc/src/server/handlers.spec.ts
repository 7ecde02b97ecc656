import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { Metadata, status, type ServerUnaryCall, type ServerWritableStream } from '@grpc/grpc-js';
import { ServingError } from '@medserve/errors';
import { streamMethod, unaryMethod, type CallContext } from './handlers';

type Handle = (send: (message: string) => Promise<void>, context: CallContext) => Promise<void>;

/** A call whose reader takes nothing: what is sent waits. */
class StuckCall extends EventEmitter {
  readonly metadata = new Metadata();
  readonly request = '';
  readonly written: (() => void)[] = [];
  ends = 0;
  readonly getDeadline = () => Infinity;
  readonly getPeer = () => 'nobody';

  write(_message: string, onWritten: () => void): boolean {
    this.written.push(onWritten);
    return false;
  }

  end(): void {
    this.ends += 1;
  }
}

function stream(handle: Handle) {
  const call = new StuckCall();
  const errors: unknown[] = [];
  call.on('error', (error) => errors.push(error));
  streamMethod<string, string>((_request, send, context) => handle(send, context))(
    call as unknown as ServerWritableStream<string, string>,
  );
  return { call, errors };
}

describe('the end of a call', () => {
  const unheard = jest.fn();
  beforeEach(() => {
    unheard.mockReset();
    process.on('unhandledRejection', unheard);
  });
  afterEach(async () => {
    await turn();
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });

  it('is told when what was sent before it is written', async () => {
    const { call, errors } = stream(async (send) => {
      void send('one');
      await Promise.resolve();
      throw new ServingError('unavailable', 'Gone.');
    });
    await turn();
    expect(errors).toEqual([]);
    for (const onWritten of call.written) onWritten();
    await turn();
    expect(errors).toMatchObject([{ code: status.UNAVAILABLE }]);
  });

  it('waits for nobody who leaves meanwhile, and is not told to a handler that has ended', async () => {
    let ended: AbortSignal | undefined;
    let sent: Promise<unknown> | undefined;
    const { call, errors } = stream(async (send, { signal }) => {
      ended = signal;
      sent = send('one').catch((error: unknown) => error);
      await Promise.resolve();
      throw new ServingError('unavailable', 'Gone.');
    });
    await turn();
    call.emit('cancelled');
    await turn();
    expect(errors).toMatchObject([{ code: status.UNAVAILABLE }]);
    expect(ended?.aborted).toBe(false);
    expect(await sent).toMatchObject({ reason: 'cancelled' });
  });

  it("is nobody's surprise where a handler ended without waiting for what it sent", async () => {
    const { call } = stream((send) => {
      void send('one');
      return Promise.resolve();
    });
    await turn();
    call.emit('cancelled');
    await turn();
    expect(call.ends).toBe(1);
  });

  it.each<[string, Handle]>([
    [
      'a handler that throws at once',
      () => {
        throw new Error('at once');
      },
    ],
    [
      'an answer with trailers that cannot be sent',
      (_send, { trailers }) => {
        trailers['no name'] = 'x';
        return Promise.resolve();
      },
    ],
    [
      'a failure with trailers that cannot be sent',
      (_send, { trailers }) => {
        trailers['no name'] = 'x';
        return Promise.reject(new Error('later'));
      },
    ],
  ])('comes to the caller of a stream, and to nobody else: %s', async (_, handle) => {
    const { errors } = stream(handle);
    await turn();
    expect(errors).toMatchObject([{ code: status.INTERNAL }]);
  });

  it("is nobody's surprise where nobody can be told of it any more", async () => {
    const { call } = stream(() => Promise.reject(new Error('later')));
    call.removeAllListeners('error');
    await turn();
    expect(call.ends).toBe(0);
  });

  it('comes to the caller of a single call, whose trailers cannot be sent', async () => {
    const told = jest.fn();
    unaryMethod<string, string>((_request, { trailers }) => {
      trailers['no name'] = 'x';
      return 'answer';
    })(new StuckCall() as unknown as ServerUnaryCall<string, string>, told);
    await turn();
    expect(told.mock.calls).toMatchObject([[{ code: status.INTERNAL }]]);
  });
});
