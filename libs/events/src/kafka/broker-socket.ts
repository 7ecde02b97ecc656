import { connect, type Socket } from 'node:net';
import type { BrokerCall, KafkaTls } from './kafka-tls';

const KEEP_ALIVE_MS = 60_000;

/**
 * What kafkajs speaks to a broker over. While a broker is away, kafkajs lets go of the same dead connection at every try, and Node
 * would hang another listener on it each time (`unref` of a socket without a handle waits for `connect`): here a closed one hangs on to
 * nothing.
 */
export function brokerSocket(call: BrokerCall, tls: KafkaTls | undefined): Socket {
  const { host, port, onConnect } = call;
  const socket = tls === undefined ? connect({ host, port }, onConnect) : tls.connect(call);
  socket.once('close', () => {
    socket.unref = () => socket;
  });
  return socket.setKeepAlive(true, KEEP_ALIVE_MS);
}
