export { currentSpan, withSpan } from './current-span';
export type { OpenSpan, SpanSink } from './open-span';
export type { Span, SpanName } from './span';
export { Tracer } from './tracer';
