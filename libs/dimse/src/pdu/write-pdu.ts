import type { AssociateAccept, AssociateRequest, UserInformation } from './associate';
import { ITEM, PDU, PDU_HEAD_BYTES, PDV_HEAD_BYTES } from './pdu-types';

/** A-ASSOCIATE-RJ (PS3.8 table 9-21). */
export interface Rejection {
  readonly result: 1 | 2;
  readonly source: 1 | 2 | 3;
  readonly reason: number;
}

/** Who aborts: the user of the service, or its provider with a reason (PS3.8 table 9-26). */
export interface Abort {
  readonly source: 0 | 2;
  readonly reason: number;
}

const uint8 = (value: number): Buffer => Buffer.from([value]);

function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => bytes.writeUInt16BE(value, 2 * index));
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const item = (type: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([uint8(type), uint8(0), uint16(body.length), body]);
};

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const title = (value: string): Buffer => text(value.padEnd(16).slice(0, 16));

function pdu(type: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([uint8(type), uint8(0), uint32(body.length), body]);
}

export function writeAssociateRequest(request: AssociateRequest): Buffer {
  const contexts = request.contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
    item(
      ITEM.presentationContextRequest,
      Buffer.from([id, 0, 0, 0]),
      item(ITEM.abstractSyntax, text(abstractSyntax)),
      ...transferSyntaxes.map((syntax) => item(ITEM.transferSyntax, text(syntax))),
    ),
  );
  return pdu(PDU.associateRequest, ...fixed(request), ...contexts, userItem(request.user));
}

export function writeAssociateAccept(accept: AssociateAccept): Buffer {
  const contexts = accept.contexts.map(({ id, result, transferSyntax }) =>
    item(
      ITEM.presentationContextAnswer,
      Buffer.from([id, 0, result, 0]),
      item(ITEM.transferSyntax, text(transferSyntax)),
    ),
  );
  return pdu(PDU.associateAccept, ...fixed(accept), ...contexts, userItem(accept.user));
}

function fixed({ protocolVersion, calledAet, callingAet, applicationContext }: AssociateRequest | AssociateAccept) {
  return [
    uint16(protocolVersion, 0),
    title(calledAet),
    title(callingAet),
    Buffer.alloc(32),
    item(ITEM.applicationContext, text(applicationContext)),
  ];
}

function userItem(user: UserInformation): Buffer {
  const { implementationClassUid, implementationVersion, asynchronousOperations } = user;
  return item(
    ITEM.userInformation,
    item(ITEM.maximumLength, uint32(user.maxPduBytes)),
    ...(implementationClassUid === undefined ? [] : [item(ITEM.implementationClassUid, text(implementationClassUid))]),
    ...(asynchronousOperations === undefined
      ? []
      : [item(ITEM.asynchronousOperations, uint16(asynchronousOperations.invoked, asynchronousOperations.performed))]),
    ...user.roles.map(({ sopClassUid, scu, scp }) =>
      item(ITEM.roleSelection, uint16(sopClassUid.length), text(sopClassUid), Buffer.from([Number(scu), Number(scp)])),
    ),
    ...(implementationVersion === undefined ? [] : [item(ITEM.implementationVersion, text(implementationVersion))]),
  );
}

export const writeReject = ({ result, source, reason }: Rejection): Buffer =>
  pdu(PDU.associateReject, Buffer.from([0, result, source, reason]));

export const writeReleaseRequest = (): Buffer => pdu(PDU.releaseRequest, Buffer.alloc(4));

export const writeReleaseResponse = (): Buffer => pdu(PDU.releaseResponse, Buffer.alloc(4));

export const writeAbort = ({ source, reason }: Abort): Buffer => pdu(PDU.abort, Buffer.from([0, 0, source, reason]));

/** The heads of a P-DATA-TF with one presentation data value of `length` bytes (PS3.8 9.3.5, annex E.2). */
export function writeDataHead(contextId: number, isCommand: boolean, isLast: boolean, length: number): Buffer {
  const head = Buffer.allocUnsafe(PDU_HEAD_BYTES + PDV_HEAD_BYTES);
  head.writeUInt8(PDU.data, 0);
  head.writeUInt8(0, 1);
  head.writeUInt32BE(PDV_HEAD_BYTES + length, 2);
  head.writeUInt32BE(2 + length, 6);
  head.writeUInt8(contextId, 10);
  head.writeUInt8((isCommand ? 1 : 0) | (isLast ? 2 : 0), 11);
  return head;
}
