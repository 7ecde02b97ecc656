import type { Draw } from '../support/draw';
import type { HttpCase } from '../support/http-case';
import { NAUGHTY_TEXTS } from './json';

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly required?: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const STRANGE_METHODS = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'];
const DEEPEST = 5;

/** Draws requests from what an OpenAPI document says that they are, and from near beside it. */
export class RequestsOf {
  private readonly operations: { readonly path: string; readonly method: string; readonly operation: Operation }[];

  constructor(
    private readonly api: OpenApi,
    /** Ids that exist, and that do not. */
    private readonly ids: readonly string[],
  ) {
    this.operations = Object.entries(api.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method];
        return operation === undefined ? [] : [{ path, method: method.toUpperCase(), operation }];
      }),
    );
  }

  draw(draw: Draw): HttpCase {
    const { path, method, operation } = draw.pick(this.operations);
    const query = (operation.parameters ?? [])
      .filter((parameter) => parameter.in === 'query' && draw.chance(0.6))
      .map(({ name, schema }) => `${name}=${encodeURIComponent(this.textOf(schema, draw))}`);
    if (draw.chance(0.1)) query.push(`${encodeURIComponent(draw.pick(NAUGHTY_TEXTS).slice(0, 100).toWellFormed())}=1`);
    const body = this.body(operation, draw);
    return {
      method: draw.chance(0.05) ? draw.pick(STRANGE_METHODS) : method,
      path: this.pathOf(path, draw) + (query.length === 0 ? '' : `?${query.join('&')}`),
      headers: { ...this.headers(operation, draw), ...(body === undefined ? {} : { 'content-type': body.type }) },
      ...(body === undefined ? {} : { body: body.bytes }),
    };
  }

  private pathOf(path: string, draw: Draw): string {
    const filled = path.replaceAll(/\{[^}]+\}/g, () =>
      draw.chance(0.7)
        ? encodeURIComponent(draw.pick(this.ids))
        : encodeURIComponent(draw.pick(NAUGHTY_TEXTS).slice(0, 200).toWellFormed()),
    );
    if (!draw.chance(0.1)) return filled;
    return draw.pick([
      `${filled}/`,
      `/${filled}`,
      filled.toUpperCase(),
      `${filled}%2f..`,
      `${filled};a=b`,
      filled.replace('/v', '/%76'),
    ]);
  }

  private headers(operation: Operation, draw: Draw): Record<string, string> {
    const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'header' && draw.chance(0.5));
    const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 300);
    return Object.fromEntries(
      named.map(({ name, schema }) => [name.toLowerCase(), printable(this.textOf(schema, draw))]),
    );
  }

  private body(operation: Operation, draw: Draw): { readonly type: string; readonly bytes: Buffer } | undefined {
    const contents = Object.entries(operation.requestBody?.content ?? {});
    if (contents.length === 0)
      return draw.chance(0.1) ? { type: 'text/plain', bytes: Buffer.from('unasked for') } : undefined;
    if (draw.chance(0.05)) return undefined;
    const [type, { schema }] = draw.pick(contents);
    const said = draw.chance(0.08)
      ? draw.pick(['application/xml', 'text/html', 'a', 'application/json; charset=utf-7', 'multipart/form-data'])
      : type;
    if (type.startsWith('multipart/')) return { type: `multipart/form-data; boundary=b`, bytes: this.multipart(draw) };
    if (!type.includes('json')) return { type: said, bytes: draw.bytes(draw.below(200)) };
    const bytes = Buffer.from(JSON.stringify(this.valueOf(schema, draw, 0)));
    return { type: said, bytes };
  }

  private multipart(draw: Draw): Buffer {
    const parts = Array.from({ length: draw.below(4) }, () => {
      const name = draw.pick(['file', 'request', 'files', '', 'a"b', '__proto__']);
      const filename = draw.chance(0.5) ? `; filename="${draw.pick(['a.dcm', '', '../a', 'a\\"b'])}"` : '';
      const content = draw.chance(0.3) ? '{"task":"classify"}' : draw.bytes(draw.below(100)).toString('latin1');
      return `--b\r\ncontent-disposition: form-data; name="${name}"${filename}\r\n\r\n${content}\r\n`;
    });
    const text = `${parts.join('')}--b--\r\n`;
    return Buffer.from(draw.chance(0.3) ? text.slice(0, draw.below(text.length)) : text, 'latin1');
  }

  private textOf(schema: Schema | undefined, draw: Draw): string {
    const value = draw.chance(0.3)
      ? draw.pick(NAUGHTY_TEXTS).slice(0, 200).toWellFormed()
      : this.valueOf(schema, draw, 0);
    return typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value);
  }

  /** A value of the schema, mostly. */
  private valueOf(schema: Schema | undefined, draw: Draw, depth: number): unknown {
    if (schema === undefined || depth > DEEPEST || draw.chance(0.12)) return this.anything(draw, depth);
    if (schema.$ref !== undefined) {
      return this.valueOf(this.api.components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''], draw, depth + 1);
    }
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices !== undefined) return this.valueOf(draw.pick(choices), draw, depth + 1);
    if (schema.enum !== undefined) return draw.pick(schema.enum);
    const type = typeof schema.type === 'string' ? schema.type : draw.pick(schema.type ?? ['object']);
    switch (type) {
      case 'object':
        return this.objectOf(schema, draw, depth);
      case 'array':
        return Array.from({ length: draw.below(4) }, () => this.valueOf(schema.items, draw, depth + 1));
      case 'integer':
      case 'number':
        return this.numberOf(schema, draw);
      case 'boolean':
        return draw.chance(0.5);
      case 'null':
        return null;
      default:
        return draw.chance(0.5)
          ? draw.pick(this.ids)
          : 'a'.repeat(draw.pick([0, 1, (schema.maxLength ?? 8) + draw.below(3) - 1, 40]));
    }
  }

  private objectOf({ properties = {}, required = [] }: Schema, draw: Draw, depth: number): object {
    const kept = Object.entries(properties).filter(([name]) => draw.chance(required.includes(name) ? 0.9 : 0.4));
    const members = kept.map(([name, member]) => [name, this.valueOf(member, draw, depth + 1)] as const);
    if (draw.chance(0.1)) members.push([draw.pick(NAUGHTY_TEXTS), this.anything(draw, depth + 1)]);
    return Object.fromEntries(members);
  }

  private numberOf({ minimum = 0, maximum = 2 ** 31 }: Schema, draw: Draw): number {
    return draw.pick([
      minimum,
      minimum - 1,
      minimum + 1,
      maximum,
      maximum + 1,
      maximum - 1,
      0,
      -1,
      0.5,
      2 ** 53,
      1e308,
      draw.below(100),
    ]);
  }

  private anything(draw: Draw, depth: number): unknown {
    return draw.pick([
      () => null,
      () => draw.pick(NAUGHTY_TEXTS),
      () => this.numberOf({}, draw),
      () => draw.chance(0.5),
      () => (depth > DEEPEST ? [] : [this.anything(draw, depth + 1)]),
      () => (depth > DEEPEST ? {} : { [draw.pick(NAUGHTY_TEXTS)]: this.anything(draw, depth + 1) }),
    ])();
  }
}
