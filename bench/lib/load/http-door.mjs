import { connect } from 'node:net';
import { bytesOf } from '../tensors.mjs';

const HEAD_END = Buffer.from('\r\n\r\n');

/** HTTP/1.1 on one bare socket, one request at a time, answers with a Content-Length: as little of a client as there can be. */
function openConnection(host, port) {
  const socket = connect({ host, port, noDelay: true });
  let waiting;
  let chunks = [];
  let held = 0;
  let needed = Infinity;
  let head = '';
  let bodyAt = 0;
  const finish = (outcome) => {
    const resolve = waiting;
    waiting = undefined;
    chunks = [];
    held = 0;
    needed = Infinity;
    resolve?.(outcome);
  };
  const readHead = () => {
    const bytes = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    chunks = [bytes];
    const end = bytes.indexOf(HEAD_END);
    if (end < 0) return;
    head = bytes.toString('latin1', 0, end);
    bodyAt = end + HEAD_END.length;
    const length = /\r\ncontent-length: *(\d+)/i.exec(head);
    needed = length === null ? 0 : bodyAt + Number(length[1]);
  };
  socket.on('data', (chunk) => {
    chunks.push(chunk);
    held += chunk.length;
    if (needed === Infinity) readHead();
    if (held < needed) return;
    const status = Number(head.slice(9, 12));
    if (needed === 0) finish({ failure: 'an answer without Content-Length' });
    else if (status === 200 && needed > bodyAt)
      finish({ serverTiming: /\r\nserver-timing: *([^\r]*)/i.exec(head)?.[1] });
    else finish({ failure: String(status), detail: Buffer.concat(chunks).toString('utf8', bodyAt).slice(0, 300) });
  });
  const onGone = () => finish({ failure: 'connection lost' });
  socket.on('error', onGone);
  socket.on('close', onGone);
  return {
    get isOpen() {
      return !socket.destroyed;
    },
    send: (parts) =>
      new Promise((resolve) => {
        waiting = resolve;
        socket.cork();
        for (const part of parts) socket.write(part);
        socket.uncork();
      }),
    close: () => {
      socket.destroy();
    },
  };
}

/** @param encode makes `{ path, headers, body }` of a request */
function openHttpDoor({ url, key }, encode) {
  const { hostname, port, host } = new URL(url);
  let idle = [];
  const all = new Set();
  return {
    encode: (request) => {
      const { path, headers = [], body } = encode(request);
      const lines = [
        `POST ${path} HTTP/1.1`,
        `Host: ${host}`,
        ...(key === undefined ? [] : [`Authorization: Bearer ${key}`]),
        'Content-Type: application/octet-stream',
        `Content-Length: ${body.length}`,
        ...headers,
      ];
      return [Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body];
    },
    call: async ({ message, waitMs }) => {
      idle = idle.filter(({ isOpen }) => isOpen);
      const connection = idle.pop() ?? openConnection(hostname, Number(port));
      all.add(connection);
      const began = performance.now();
      // Who does not answer in time loses the connection, which ends the call.
      const timer = setTimeout(() => connection.close(), waitMs);
      const outcome = await connection.send(message);
      clearTimeout(timer);
      if (connection.isOpen) idle.push(connection);
      else all.delete(connection);
      return { ms: performance.now() - began, ...outcome };
    },
    close: () => {
      for (const connection of all) connection.close();
    },
  };
}

/** Open Inference Protocol over HTTP with the binary tensor extension, both ways. */
export const openOipHttpDoor = (target) =>
  openHttpDoor(target, ({ model, inputs }) => {
    const bodies = inputs.map(bytesOf);
    const json = Buffer.from(
      JSON.stringify({
        inputs: inputs.map((input, index) => ({ ...input, parameters: { binary_data_size: bodies[index].length } })),
        parameters: { binary_data_output: true },
      }),
    );
    return {
      path: `/v2/models/${model}/infer`,
      headers: [`Inference-Header-Content-Length: ${json.length}`],
      body: Buffer.concat([json, ...bodies]),
    };
  });

/** A bare server: the tensor's bytes are the body, both ways. */
export const openRawHttpDoor = (target) =>
  openHttpDoor(target, ({ model, inputs: [input] }) => ({ path: `/predict/${model}`, body: bytesOf(input) }));
