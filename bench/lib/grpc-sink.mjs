import { startChild } from './child.mjs';

/** One hop of gRPC and nothing behind it: a server that only reads, as a target of `openLoad` over OIP gRPC. */
export async function startSink() {
  const child = await startChild(new URL('grpc-sink-child.mjs', import.meta.url), []);
  const port = await child.ask('port');
  return { target: { grpc: `127.0.0.1:${port}`, key: 'none' }, pid: child.pid, close: () => child.close() };
}
