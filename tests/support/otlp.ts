import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

export interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string; readonly doubleValue?: number };
}

/** What of `ExportTraceServiceRequest` (opentelemetry-proto, as its JSON encoding is) is looked at. */
export interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly {
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
        readonly name: string;
        readonly kind: number;
        readonly startTimeUnixNano: string;
        readonly endTimeUnixNano: string;
        readonly attributes: readonly Attribute[];
        readonly links?: readonly { readonly traceId: string }[];
        readonly status?: { readonly code: number };
      }[];
    }[];
  }[];
}

/** @param contentType which of the two encodings of OTLP/HTTP it is in */
export const readExportRequest = (body: Buffer, contentType: string | undefined): ExportRequest =>
  contentType === 'application/json' ? (JSON.parse(body.toString('utf8')) as ExportRequest) : fromProtobuf(body);

/** The numbers are those of the fields in opentelemetry/proto/{collector/trace,trace,resource,common}/v1 (OTLP 1.x). */
const fromProtobuf = (bytes: Uint8Array): ExportRequest => ({
  resourceSpans: messages(bytes, 1).map((resourceSpans) => ({
    resource: { attributes: messages(message(resourceSpans, 1), 1).map(attributeOf) },
    scopeSpans: messages(resourceSpans, 2).map((scopeSpans) => ({
      scope: { name: text(message(scopeSpans, 1), 1) },
      spans: messages(scopeSpans, 2).map((span) => {
        const parentSpanId = hex(span, 4);
        return {
          traceId: hex(span, 1),
          spanId: hex(span, 2),
          ...(parentSpanId === '' ? {} : { parentSpanId }),
          name: text(span, 5),
          kind: number(span, 6),
          startTimeUnixNano: fixed64(span, 7),
          endTimeUnixNano: fixed64(span, 8),
          attributes: messages(span, 9).map(attributeOf),
          links: messages(span, 13).map((link) => ({ traceId: hex(link, 1) })),
          status: { code: number(message(span, 15), 3) },
        };
      }),
    })),
  })),
});

function attributeOf(keyValue: Uint8Array): Attribute {
  const value = message(keyValue, 2);
  const [kind = 1] = fieldsOf(value).keys();
  return {
    key: text(keyValue, 1),
    value:
      kind === 3
        ? { intValue: String(number(value, 3)) }
        : kind === 4
          ? { doubleValue: viewOf(message(value, 4)).getFloat64(0, true) }
          : { stringValue: text(value, 1) },
  };
}

/** What is in a message by the numbers of its fields: bytes of what has a length or a fixed one, and numbers. */
function fieldsOf(bytes: Uint8Array): Map<number, (Uint8Array | number)[]> {
  const reader = new BinaryReader(bytes);
  const found = new Map<number, (Uint8Array | number)[]>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value =
      type === WireType.Varint
        ? Number(reader.int64())
        : type === WireType.LengthDelimited
          ? reader.bytes()
          : reader.skip(type, field);
    found.set(field, [...(found.get(field) ?? []), value]);
  }
  return found;
}

const messages = (bytes: Uint8Array, field: number): Uint8Array[] =>
  (fieldsOf(bytes).get(field) ?? []).filter((value) => value instanceof Uint8Array);
const message = (bytes: Uint8Array, field: number): Uint8Array => messages(bytes, field)[0] ?? new Uint8Array();
const number = (bytes: Uint8Array, field: number): number => Number(fieldsOf(bytes).get(field)?.[0] ?? 0);
const text = (bytes: Uint8Array, field: number): string => Buffer.from(message(bytes, field)).toString('utf8');
const hex = (bytes: Uint8Array, field: number): string => Buffer.from(message(bytes, field)).toString('hex');
const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
const fixed64 = (bytes: Uint8Array, field: number): string =>
  String(viewOf(message(bytes, field)).getBigUint64(0, true));
