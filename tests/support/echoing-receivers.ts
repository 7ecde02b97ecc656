import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listen, type DimseListener } from '@medserve/dimse';

/**
 * Receivers of every kind that refuse all that they are sent, and say it all again while they do: in bodies, in headers, in
 * acknowledgements, in error comments.
 */
export class EchoingReceivers {
  private constructor(
    /** Of the destinations that lead here: `medserve up --destinations`. */
    readonly file: string,
    /** Kinds that were sent something. */
    readonly heard: Set<string>,
    private readonly servers: readonly Server[],
    private readonly node: DimseListener,
  ) {}

  /** @param comment what the DICOM node says of whatever it is sent */
  static async start(folder: string, comment: string): Promise<EchoingReceivers> {
    const heard = new Set<string>();
    const http = createServer((request, response) => void echoHttp(request, response, heard));
    const mllp = createTcpServer((socket) => {
      echoMllp(socket, heard);
    });
    const node = await listen({
      host: '127.0.0.1',
      port: 0,
      aet: 'ECHO',
      handler: {
        admit: () => ({ kind: 'accepted' }),
        store: () => ({
          write: () => undefined,
          end: () => {
            heard.add('dicom');
            return Promise.resolve({ status: 0xa900, comment });
          },
          abort: () => undefined,
        }),
        find: async function* () {},
        move: async function* () {},
        ended: () => undefined,
      },
    });
    const [web, hl7] = [await portOf(http), await portOf(mllp)];
    const secretFile = join(folder, 'webhook.secret');
    writeFileSync(secretFile, `whsec_${Buffer.alloc(32, 7).toString('base64')}`, { mode: 0o600 });
    const url = (kind: string): string => `http://127.0.0.1:${String(web)}/${kind}`;
    const destinations = [
      { name: 'echo-dicom', kind: 'dicom', aet: 'ECHO', host: '127.0.0.1', port: node.port },
      { name: 'echo-stow', kind: 'stow', url: url('stow') },
      { name: 'echo-hl7', kind: 'hl7', host: '127.0.0.1', port: hl7 },
      { name: 'echo-fhir', kind: 'fhir', url: url('fhir') },
      { name: 'echo-webhook', kind: 'webhook', url: url('webhook'), secretFile },
    ];
    const file = join(folder, 'destinations.yaml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ destinations }));
    return new EchoingReceivers(file, heard, [http, mllp], node);
  }

  async close(): Promise<void> {
    await this.node.close();
    for (const server of this.servers) await new Promise((resolve) => server.close(resolve));
  }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function echoHttp(request: IncomingMessage, response: ServerResponse, heard: Set<string>): Promise<void> {
  const body = Buffer.concat((await request.toArray()) as Buffer[]);
  heard.add((request.url ?? '').split('/')[1] ?? '');
  // What a header may hold of it.
  const words = body
    .toString('latin1')
    .replace(/[^A-Za-z0-9.]+/g, ' ')
    .trim();
  response.writeHead(422, 'No', {
    'content-type': request.headers['content-type'] ?? 'text/plain',
    'x-refused': words.slice(0, 8_000),
  });
  response.end(body);
}

function echoMllp(socket: Socket, heard: Set<string>): void {
  let message = '';
  socket.setEncoding('utf8').on('error', () => undefined);
  socket.on('data', (chunk: string) => {
    message += chunk;
    if (!message.includes('\u001c\r')) return;
    heard.add('hl7');
    const controlId = message.split('|')[9] ?? '';
    const patient = message.split('\r').find((segment) => segment.startsWith('PID')) ?? '';
    const ack = [
      `MSH|^~\\&|R|R|S|S|20260101||ACK|1|P|2.5.1`,
      `MSA|AR|${controlId}|not for ${patient.replaceAll('|', ' ')}`,
      `ERR||||E||||${patient.replaceAll('|', ' ')}`,
    ];
    socket.write(`\u000b${ack.map((segment) => `${segment}\r`).join('')}\u001c\r`);
    message = '';
  });
}
