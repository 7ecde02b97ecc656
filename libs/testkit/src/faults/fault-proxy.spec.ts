import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { FaultProxy } from './fault-proxy';

/** What a socket heard until it ended, and how that was. */
async function heard(socket: Socket): Promise<{ text: string; error?: string }> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  return new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ text, error: error.code ?? '' });
    });
    socket.once('close', () => {
      resolve({ text });
    });
  });
}

const firstPiece = async (socket: Socket): Promise<string> => {
  const [piece] = (await once(socket, 'data')) as [Buffer];
  return piece.toString('latin1');
};

describe('FaultProxy', () => {
  let echo: Server;
  let proxy: FaultProxy;
  /** The target's ends of the connections. */
  let taken: Socket[];
  const callers: Socket[] = [];

  beforeEach(async () => {
    taken = [];
    echo = createServer((socket) => {
      taken.push(socket);
      socket.on('error', () => undefined);
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    proxy = await FaultProxy.start(`127.0.0.1:${String((echo.address() as AddressInfo).port)}`, { seed: 3 });
  });
  afterEach(async () => {
    for (const caller of callers.splice(0)) caller.destroy();
    await proxy.close();
    expect(proxy.openConnections).toBe(0);
    for (const socket of taken) socket.destroy();
    await new Promise((resolve) => echo.close(resolve));
  });

  async function call(): Promise<Socket> {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => undefined);
    callers.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  async function ask(text: string): Promise<{ text: string; error?: string }> {
    const socket = await call();
    const answer = heard(socket);
    socket.end(text);
    return answer;
  }

  it('carries both ways what is said, and passes an end on', async () => {
    expect(await ask('x'.repeat(1_000_000))).toEqual({ text: 'x'.repeat(1_000_000) });
  });

  it('holds each piece as long as it was told', async () => {
    proxy.set('toTarget', { delayMs: 40, jitterMs: 10 });
    const before = performance.now();
    expect(await ask('late')).toEqual({ text: 'late' });
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
  });

  it('drips', async () => {
    proxy.set('toCaller', { bytesPerSecond: 200 });
    const before = performance.now();
    expect(await ask('x'.repeat(20))).toEqual({ text: 'x'.repeat(20) });
    expect(performance.now() - before).toBeGreaterThanOrEqual(90);
  });

  it('resets after so many bytes', async () => {
    proxy.set('toCaller', { resetAfterBytes: 3 });
    expect(await ask('abcdef')).toEqual({ text: 'abc', error: 'ECONNRESET' });
  });

  it('resets what is open now, and lets the next one through', async () => {
    const socket = await call();
    socket.write('hello');
    await firstPiece(socket);
    const end = heard(socket);
    proxy.reset();
    expect(await end).toMatchObject({ error: 'ECONNRESET' });
    expect(await ask('again')).toEqual({ text: 'again' });
  });

  it('closes after so many bytes as if all had been said', async () => {
    proxy.set('toCaller', { truncateAfterBytes: 3 });
    expect(await ask('abcdef')).toEqual({ text: 'abc' });
  });

  it('turns over the bit that was named', async () => {
    proxy.set('toTarget', { flipBitAt: 2 });
    const { text } = await ask('aaaa');
    expect(text).toMatch(/^aa[^a]a$/);
  });

  it('swallows: the peer is gone, and says nothing of it', async () => {
    const socket = await call();
    socket.write('a');
    expect(await firstPiece(socket)).toBe('a');
    proxy.set('toCaller', { swallows: true });
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const echoed = once(taken[0]!, 'data');
    socket.write('b');
    await echoed;
    // Its own end reaches the target, whose answer and end are lost.
    const ended = once(taken[0]!, 'end');
    socket.end();
    await ended;
    expect([said, socket.readableEnded]).toEqual(['', false]);
  });

  it('holds everything while it is paused, and loses nothing of it', async () => {
    const socket = await call();
    proxy.pause();
    let said = '';
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    socket.write('kept');
    // A call behind it on the same machine, without the proxy, has come and gone.
    const beside = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    beside.write('x');
    await firstPiece(beside);
    beside.destroy();
    expect(said).toBe('');
    const answer = firstPiece(socket);
    proxy.resume();
    expect(await answer).toBe('kept');
  });

  it('refuses new connections while those that stand go on, and listens again where it did', async () => {
    const socket = await call();
    proxy.refuse();
    const refused = connect(proxy.port, '127.0.0.1');
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    socket.write('still');
    expect(await firstPiece(socket)).toBe('still');
    await proxy.accept();
    expect(await ask('again')).toEqual({ text: 'again' });
    expect(proxy.acceptedConnections).toBe(2);
  });

  it('resets a caller whose target is not there', async () => {
    const nowhere = await FaultProxy.start('127.0.0.1:1');
    const socket = connect(nowhere.port, '127.0.0.1');
    expect(await heard(socket)).toMatchObject({ text: '' });
    await nowhere.close();
  });
});
