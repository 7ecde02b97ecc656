/* Timings by which three brokers on one machine notice a killed one within a second or three. */
const QUICK_FAILOVER = {
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 500,
  'controller.quorum.election.timeout.ms': 500,
  'controller.quorum.fetch.timeout.ms': 1000,
  'replica.lag.time.max.ms': 3000,
};

/**
 * server.properties of a broker that is its own controller (KRaft). Alone it is a quorum of one; of several, all name the
 * same static voters. The internal topics must not ask for more copies than there are brokers: groups and transactions
 * would never work.
 *
 * @param {{ id: number, port: number, controllerPort: number, listeners: readonly Listener[] }} node
 * @param {readonly { id: number, controllerPort: number }[]} nodes
 *
 * @typedef {{ name: string, protocol: string, port: number, properties: Record<string, string> }} Listener
 *   a door beside the plain one, with properties of its own (listener.name.NAME.*)
 */
export function brokerProperties(node, nodes, dataFolder) {
  const copies = Math.min(3, nodes.length);
  const inSync = Math.max(1, copies - 1);
  const at = (port) => `127.0.0.1:${port}`;
  const doors = node.listeners.map(({ name, port }) => `,${name}://${at(port)}`).join('');
  const listeners = `PLAINTEXT://${at(node.port)},CONTROLLER://${at(node.controllerPort)}${doors}`;
  const protocols = node.listeners.map(({ name, protocol }) => `,${name}:${protocol}`).join('');
  const ofDoors = node.listeners.flatMap(({ name, properties }) =>
    Object.entries(properties).map(([key, value]) => [`listener.name.${name.toLowerCase()}.${key}`, value]),
  );
  const quorum =
    nodes.length === 1
      ? { 'controller.quorum.bootstrap.servers': at(node.controllerPort) }
      : { 'controller.quorum.voters': nodes.map(({ id, controllerPort }) => `${id}@${at(controllerPort)}`).join(',') };
  const all = {
    'process.roles': 'broker,controller',
    'node.id': node.id,
    ...quorum,
    listeners,
    'advertised.listeners': listeners,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols}`,
    ...Object.fromEntries(ofDoors),
    'log.dirs': dataFolder,
    'offsets.topic.num.partitions': 4,
    'offsets.topic.replication.factor': copies,
    'transaction.state.log.num.partitions': 4,
    'transaction.state.log.replication.factor': copies,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': copies,
    'share.coordinator.state.topic.min.isr': inSync,
    'default.replication.factor': copies,
    'min.insync.replicas': inSync,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': false,
    'log.cleaner.dedupe.buffer.size': 8388608,
    ...(nodes.length === 1 ? {} : QUICK_FAILOVER),
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
