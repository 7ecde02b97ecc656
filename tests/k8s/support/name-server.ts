import { createSocket, type Socket } from 'node:dgram';

const HEADER_BYTES = 12;
const TYPE_A = 1;
const TTL_SECONDS = 1;

/** The question of a query: its bytes and the type it asks for (RFC 1035, 4.1.2). */
function questionOf(query: Buffer): { readonly bytes: Buffer; readonly type: number } {
  let at = HEADER_BYTES;
  while (query.readUInt8(at) !== 0) at += 1 + query.readUInt8(at);
  return { bytes: query.subarray(HEADER_BYTES, at + 5), type: query.readUInt16BE(at + 1) };
}

function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(16);
  // A pointer to the name in the question.
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  Buffer.from(address.split('.').map(Number)).copy(record, 12);
  return record;
}

/** DNS for one name, as a headless Service has it: every name has the same addresses. In gRPC: `dns://<address>/<name>:<port>`. */
export class NameServer {
  private constructor(
    private readonly socket: Socket,
    readonly address: string,
  ) {}

  static async start(addresses: readonly string[]): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => {
      socket.bind(0, '127.0.0.1', resolve);
    });
    socket.on('message', (query, { port, address }) => {
      const { bytes, type } = questionOf(query);
      const answers = type === TYPE_A ? addresses.map(addressRecord) : [];
      const header = Buffer.alloc(HEADER_BYTES);
      query.copy(header, 0, 0, 2);
      header.writeUInt16BE(0x8180, 2);
      header.writeUInt16BE(1, 4);
      header.writeUInt16BE(answers.length, 6);
      socket.send(Buffer.concat([header, bytes, ...answers]), port, address);
    });
    return new NameServer(socket, `127.0.0.1:${String(socket.address().port)}`);
  }

  close(): void {
    this.socket.close();
  }
}
