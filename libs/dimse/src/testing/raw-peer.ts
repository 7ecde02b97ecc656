import { connect, type Socket } from 'node:net';
import { COMMAND, ELEMENT } from '../message/elements';
import { writeMessage } from '../message/write-message';
import type { AssociateRequest } from '../pdu/associate';
import { DICOM_APPLICATION_CONTEXT } from '../pdu/pdu-types';
import { writeAssociateRequest } from '../pdu/write-pdu';

export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const EXPLICIT = '1.2.840.10008.1.2.1';

/** An association request for CT images, with what is to be different. */
export const associateRequest = (more: Partial<AssociateRequest> = {}): AssociateRequest => ({
  protocolVersion: 1,
  calledAet: 'MEDSERVE',
  callingAet: 'SPEC',
  applicationContext: DICOM_APPLICATION_CONTEXT,
  contexts: [{ id: 1, abstractSyntax: CT, transferSyntaxes: [EXPLICIT] }],
  user: { maxPduBytes: 16_384, implementationClassUid: '2.25.1', roles: [] },
  ...more,
});

export const storeCommand = (messageId = 1): ReadonlyMap<number, string | number> =>
  new Map<number, string | number>([
    [ELEMENT.commandField, COMMAND.cStore],
    [ELEMENT.messageId, messageId],
    [ELEMENT.affectedSopClassUid, CT],
    [ELEMENT.affectedSopInstanceUid, '2.25.7'],
  ]);

/** The PDUs of a C-STORE in the first context. */
export const storeMessage = (dataSet: Buffer, messageId = 1): Buffer =>
  Buffer.concat([...writeMessage(1, 16_384, storeCommand(messageId), dataSet)]);

/** A connection on which a spec writes bytes, and sees the types of the PDUs that come back. */
export class RawPeer {
  private received = Buffer.alloc(0);
  private isClosed = false;
  private wake: () => void = () => undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.wake();
    });
  }

  static async connect(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1' });
    await new Promise((resolve) => socket.once('connect', resolve));
    return new RawPeer(socket);
  }

  static async associated(port: number, request = associateRequest()): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    peer.send(writeAssociateRequest(request));
    await peer.next();
    return peer;
  }

  send(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** The next PDU whole; undefined when the other side hung up. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const { received } = this;
      const length = received.length < 6 ? Infinity : 6 + received.readUInt32BE(2);
      if (received.length >= length) {
        this.received = received.subarray(length);
        return received.subarray(0, length);
      }
      if (this.isClosed) return undefined;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /** Ends the connection with a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }
}
