import type { AnsweredContext, AssociateAccept, AssociateRequest, RoleSelection, UserInformation } from './associate';
import { ITEM, MAX_CONTEXTS } from './pdu-types';
import { ABORT_REASON, ProtocolFault } from './protocol-fault';
import { withoutPadding } from './without-padding';

/** Version, reserved, two titles and 32 reserved bytes. */
const FIXED_BYTES = 68;

interface Item {
  readonly type: number;
  readonly content: Buffer;
}

const invalid = (what: string): ProtocolFault => new ProtocolFault(what, ABORT_REASON.invalidParameter);

/** The content of an A-ASSOCIATE-RQ (PS3.8 table 9-11). @throws ProtocolFault when an item does not fit or is missing */
export function readAssociateRequest(content: Buffer): AssociateRequest {
  const { titles, items } = readFixed(content);
  const contexts = items.filter(({ type }) => type === ITEM.presentationContextRequest).map(readProposedContext);
  if (contexts.length === 0 || contexts.length > MAX_CONTEXTS) throw invalid('no or too many presentation contexts');
  if (new Set(contexts.map(({ id }) => id)).size < contexts.length) throw invalid('a presentation context id twice');
  return { ...titles, contexts };
}

/** The content of an A-ASSOCIATE-AC (PS3.8 table 9-17). @throws ProtocolFault when an item does not fit or is missing */
export function readAssociateAccept(content: Buffer): AssociateAccept {
  const { titles, items } = readFixed(content);
  const contexts = items.filter(({ type }) => type === ITEM.presentationContextAnswer).map(readAnsweredContext);
  return { ...titles, contexts };
}

function readFixed(content: Buffer) {
  if (content.length < FIXED_BYTES) throw invalid('the associate PDU is too short');
  const items = readItems(content.subarray(FIXED_BYTES));
  const titles = {
    protocolVersion: content.readUInt16BE(0),
    calledAet: withoutPadding(content.subarray(4, 20)),
    callingAet: withoutPadding(content.subarray(20, 36)),
    applicationContext: withoutPadding(
      items.find(({ type }) => type === ITEM.applicationContext)?.content ?? Buffer.alloc(0),
    ),
    user: readUser(items.find(({ type }) => type === ITEM.userInformation)?.content ?? Buffer.alloc(0)),
  };
  return { titles, items };
}

function readItems(bytes: Buffer): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < 4) throw invalid('an item is cut short');
    const length = bytes.readUInt16BE(at + 2);
    if (length > bytes.length - at - 4) throw invalid('an item is longer than what holds it');
    items.push({ type: bytes.readUInt8(at), content: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return items;
}

function readProposedContext({ content }: Item): AssociateRequest['contexts'][number] {
  if (content.length < 4) throw invalid('a presentation context is too short');
  const id = content.readUInt8(0);
  if (id % 2 === 0) throw invalid('a presentation context id that is even');
  const items = readItems(content.subarray(4));
  const abstractSyntax = items.find(({ type }) => type === ITEM.abstractSyntax);
  if (abstractSyntax === undefined) throw invalid('a presentation context without abstract syntax');
  const transferSyntaxes = items
    .filter(({ type }) => type === ITEM.transferSyntax)
    .map((item) => withoutPadding(item.content));
  return { id, abstractSyntax: withoutPadding(abstractSyntax.content), transferSyntaxes };
}

function readAnsweredContext({ content }: Item): AnsweredContext {
  if (content.length < 4) throw invalid('a presentation context is too short');
  const syntax = readItems(content.subarray(4)).find(({ type }) => type === ITEM.transferSyntax);
  const transferSyntax = syntax === undefined ? '' : withoutPadding(syntax.content);
  return { id: content.readUInt8(0), result: content.readUInt8(2), transferSyntax };
}

function readUser(content: Buffer): UserInformation {
  const items = readItems(content);
  const one = (wanted: number, bytes: number): Buffer | undefined => {
    const found = items.find(({ type }) => type === wanted)?.content;
    if (found !== undefined && found.length < bytes) throw invalid('a user item is too short');
    return found;
  };
  const version = one(ITEM.implementationVersion, 0);
  const classUid = one(ITEM.implementationClassUid, 0);
  const window = one(ITEM.asynchronousOperations, 4);
  return {
    maxPduBytes: one(ITEM.maximumLength, 4)?.readUInt32BE(0) ?? 0,
    ...(classUid && { implementationClassUid: withoutPadding(classUid) }),
    ...(version && { implementationVersion: withoutPadding(version) }),
    ...(window && {
      asynchronousOperations: { invoked: window.readUInt16BE(0), performed: window.readUInt16BE(2) },
    }),
    roles: items.filter(({ type }) => type === ITEM.roleSelection).map(readRole),
  };
}

function readRole({ content }: Item): RoleSelection {
  const length = content.length < 4 ? Number.NaN : content.readUInt16BE(0);
  if (length + 4 !== content.length) throw invalid('a role selection of the wrong length');
  return {
    sopClassUid: withoutPadding(content.subarray(2, 2 + length)),
    scu: content.readUInt8(2 + length) === 1,
    scp: content.readUInt8(3 + length) === 1,
  };
}
