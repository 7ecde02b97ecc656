/** The routing stands at the front of a frame: behind this nothing is looked for. */
const LOOKED_AT_BYTES = 4_096;
/** Of a traceparent: version, trace, span, flags. */
const SPAN_AT = 3 + 32 + 1;
const SPAN_LENGTH = 16;

/**
 * Writes another span into the traceparent of a request's frame, in place: whoever gets the frame next is a child of that span. A
 * forwarder does not decode what it forwards.
 *
 * @param traceparent as the routing of the frame has it
 * @param spanId 16 hex digits
 */
export function reparent(frame: Buffer, traceparent: string, spanId: string): void {
  const at = frame.subarray(0, LOOKED_AT_BYTES).indexOf(traceparent, 0, 'latin1');
  if (at !== -1) frame.write(spanId, at + SPAN_AT, SPAN_LENGTH, 'latin1');
}
