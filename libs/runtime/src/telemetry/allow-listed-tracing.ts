import type {
  Attributes,
  AttributeValue,
  Context,
  Exception,
  Span,
  SpanOptions,
  SpanStatus,
  TimeInput,
  Tracer,
  TracerOptions,
  TracerProvider,
} from '@opentelemetry/api';
import { errorFields } from './error-fields';
import { sift } from './fields';

const NAME = /^[a-z][a-z0-9 ._-]{0,63}$/;

const attributesOf = (fields: Attributes = {}): Attributes => sift(fields).told as Attributes;
const nameOf = (name: string): string => (NAME.test(name) ? name : 'unnamed');

/** Stands before a tracer provider: spans get attributes of the one list of fields only, and no text of anybody. */
export class AllowListedTracing implements TracerProvider {
  constructor(private readonly inner: TracerProvider) {}

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    return new AllowListedTracer(this.inner.getTracer(name, version, options));
  }
}

class AllowListedTracer implements Tracer {
  constructor(private readonly inner: Tracer) {}

  startSpan(name: string, options: SpanOptions = {}, context?: Context): Span {
    const links = options.links?.map(({ context: linked }) => ({ context: linked }));
    const safe = {
      ...options,
      attributes: attributesOf(options.attributes),
      ...(links === undefined ? {} : { links }),
    };
    return new AllowListedSpan(this.inner.startSpan(nameOf(name), safe, context));
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
    const work = rest.at(-1) as F;
    const [options = {}, context] = rest.slice(0, -1) as [SpanOptions?, Context?];
    const safe = { ...options, attributes: attributesOf(options.attributes) };
    const wrapped = (span: Span): unknown => work(new AllowListedSpan(span));
    return (
      context === undefined
        ? this.inner.startActiveSpan(nameOf(name), safe, wrapped)
        : this.inner.startActiveSpan(nameOf(name), safe, context, wrapped)
    ) as ReturnType<F>;
  }
}

class AllowListedSpan implements Span {
  constructor(private readonly inner: Span) {}

  spanContext(): ReturnType<Span['spanContext']> {
    return this.inner.spanContext();
  }

  setAttribute(key: string, value: AttributeValue): this {
    return this.setAttributes({ [key]: value });
  }

  setAttributes(attributes: Attributes): this {
    this.inner.setAttributes(attributesOf(attributes));
    return this;
  }

  addEvent(name: string, attributes?: Attributes | TimeInput, time?: TimeInput): this {
    const isTime =
      attributes === undefined ||
      typeof attributes === 'number' ||
      attributes instanceof Date ||
      Array.isArray(attributes);
    if (isTime) this.inner.addEvent(nameOf(name), attributes);
    else this.inner.addEvent(nameOf(name), attributesOf(attributes), time);
    return this;
  }

  addLink({ context }: Parameters<Span['addLink']>[0]): this {
    this.inner.addLink({ context });
    return this;
  }

  addLinks(links: Parameters<Span['addLinks']>[0]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus({ code }: SpanStatus): this {
    this.inner.setStatus({ code });
    return this;
  }

  updateName(name: string): this {
    this.inner.updateName(nameOf(name));
    return this;
  }

  end(time?: TimeInput): void {
    this.inner.end(time);
  }

  isRecording(): boolean {
    return this.inner.isRecording();
  }

  /** Of an error its kind; where it was thrown stands in the log. */
  recordException(exception: Exception, time?: TimeInput): void {
    const { type } = errorFields(exception);
    this.inner.addEvent('exception', { 'exception.type': String(type) }, time);
  }
}
