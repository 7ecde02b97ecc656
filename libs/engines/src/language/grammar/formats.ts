import { createHash } from 'node:crypto';
import type { AnswerFormat, GenerationRequest, Tool } from '@medserve/clinical';
import type { Tokenizer } from '../text/tokenizer';
import { CLOSE, OPEN } from '../tools/call-form';
import { SchemaCompiler } from './compile-schema';
import { FormatMachine } from './format-machine';
import type { FormatRun } from './format-run';
import { JsonParts } from './json-parts';
import { MachineRun } from './machine-run';
import { TextToMark, TextWithoutMark } from './marked-text';
import { ListRest, measureAll, type Rule } from './rule';
import { refuseSchema, refuseUnsatisfiable, type SchemaField } from './schema-refusal';
import { TokenMasks } from './token-mask';
import { VocabularyTrie } from './vocabulary-trie';

/** Formats that are kept compiled, the least recently used dropped first. */
const MAX_FORMATS = 16;

/** Of a schema, or of all tools together, as JSON. */
const MAX_SCHEMA_BYTES = 262_144;

/** Calls of one answer. */
const MAX_CALLS = 8;

/** What an answer is held to. `undefined`: nothing. */
type Held =
  | {
      readonly field: SchemaField;
      readonly value: unknown;
      /** Whether it is any text, of which only parts are held to something: then only its end token says that it is whole. */
      readonly isText?: true;
      rule(parts: JsonParts): Rule;
    }
  | undefined;

/** Of a tool that has no parameters. */
const NO_ARGUMENTS = { type: 'object', additionalProperties: false };

/** Arguments are an object, whether the schema says so or not. */
function argumentsRule(parts: JsonParts, { parameters = NO_ARGUMENTS, strict = false }: Tool): Rule {
  return new SchemaCompiler(parts, { ...parameters, type: 'object' }, 'tools', strict).compile();
}

function formatRule(parts: JsonParts, format: Exclude<AnswerFormat, { kind: 'text' }>): Rule {
  switch (format.kind) {
    case 'json':
      return parts.anyObject();
    case 'schema':
      return new SchemaCompiler(parts, format.schema, 'response_format', format.strict ?? false).compile();
  }
}

/** One call, or several a line each. */
function callsRule(parts: JsonParts, tools: readonly Tool[], isParallel: boolean): Rule {
  const call = parts.choice(
    tools.map((tool) =>
      parts.sequence([
        parts.words([`${OPEN}{"name": ${JSON.stringify(tool.name)}, "arguments": `]),
        argumentsRule(parts, tool),
        parts.words([`}${CLOSE}`]),
      ]),
    ),
  );
  const nothing = parts.sequence([]);
  if (!isParallel) return call;
  const list = new ListRest({ item: call, separator: parts.words(['\n']), close: nothing, min: 1, max: MAX_CALLS }, 0);
  parts.rules.push(list);
  return list;
}

/**
 * Any text, in which calls stand or none. What begins like one, with the tag and an object, is one: of a strict tool with arguments
 * that fit its schema, of another with an object.
 */
function textWithCallsRule(parts: JsonParts, strict: readonly Tool[], others: readonly string[]): Rule {
  const begin = (name: string): string[] => {
    const quoted = JSON.stringify(name);
    return [`"name": ${quoted}, "arguments": `, `"name":${quoted},"arguments":`];
  };
  const close = parts.words([`}${CLOSE}`, `}\n${CLOSE}`]);
  const held = strict.map((tool) => ({ tool, given: argumentsRule(parts, tool) }));
  measureAll(parts.rules);
  // Here, since a tool that nothing fits would not be missed in a text.
  for (const { given } of held) machineOf(given, 'tools');
  const calls = held.map(({ tool, given }) => parts.sequence([parts.words(begin(tool.name)), given, close]));
  if (others.length > 0) calls.push(parts.sequence([parts.words(others.flatMap(begin)), parts.anyObject(), close]));
  const text = parts.late();
  text.target = parts.choice([
    parts.sequence([]),
    parts.terminal(new TextWithoutMark(OPEN)),
    parts.sequence([parts.terminal(new TextToMark(OPEN)), parts.choice(calls), text]),
  ]);
  return text;
}

/** What the model may do with its tools where it need not do anything. */
function heldInText(tools: readonly Tool[]): Held {
  if (tools.length === 0) return undefined;
  const strict = tools.filter((tool) => tool.strict === true);
  const others = tools.filter((tool) => tool.strict !== true).map(({ name }) => name);
  return {
    field: 'tools',
    value: ['auto', strict, others],
    isText: true,
    rule: (parts) => textWithCallsRule(parts, strict, others),
  };
}

/** Which part of a request an answer is held to. */
function heldTo({ format, tools, toolChoice, parallelToolCalls }: GenerationRequest): Held {
  if (typeof toolChoice === 'object') {
    const tool = tools.find(({ name }) => name === toolChoice.name);
    return tool && { field: 'tools', value: ['named', tool], rule: (parts) => argumentsRule(parts, tool) };
  }
  if (toolChoice === 'required' && tools.length > 0) {
    const value = ['required', tools, parallelToolCalls];
    return { field: 'tools', value, rule: (parts) => callsRule(parts, tools, parallelToolCalls) };
  }
  if (format.kind === 'text') return toolChoice === 'auto' ? heldInText(tools) : undefined;
  const field = 'response_format';
  if (toolChoice === 'none' || tools.length === 0)
    return { field, value: format, rule: (parts) => formatRule(parts, format) };
  return {
    field,
    value: [format, tools, parallelToolCalls],
    rule: (parts) => parts.choice([formatRule(parts, format), callsRule(parts, tools, parallelToolCalls)]),
  };
}

/** @throws ServingError where nothing can be written by the rule; its cost is known */
function machineOf(rule: Rule, field: SchemaField): FormatMachine {
  const machine = new FormatMachine(rule);
  if (machine.start.cost === Infinity) throw refuseUnsatisfiable(field);
  return machine;
}

/** The formats of one model: schemas become machines once, and are found again by their digest. */
export class Formats {
  readonly #machines = new Map<string, FormatMachine>();
  #vocabulary: { readonly trie: VocabularyTrie; readonly masks: TokenMasks } | undefined;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly endTokens: ReadonlySet<number>,
  ) {}

  /**
   * Begins an answer to the request; `undefined` where it is held to nothing.
   *
   * @throws ServingError `invalid_request`: the schema has what cannot be enforced (the keyword is named), or cannot be met
   */
  run(request: GenerationRequest): FormatRun | undefined {
    const held = heldTo(request);
    if (!held) return undefined;
    return new MachineRun(this.#machineOf(held), this.#words().masks, this.tokenizer, this.endTokens, held.isText);
  }

  #words(): { readonly trie: VocabularyTrie; readonly masks: TokenMasks } {
    if (!this.#vocabulary) {
      const trie = new VocabularyTrie(this.tokenizer, this.tokenizer.size, this.endTokens);
      this.#vocabulary = { trie, masks: new TokenMasks(trie) };
    }
    return this.#vocabulary;
  }

  #machineOf(held: NonNullable<Held>): FormatMachine {
    const text = JSON.stringify(held.value);
    if (text.length > MAX_SCHEMA_BYTES)
      throw refuseSchema('$schema', held.field, `is larger than ${String(MAX_SCHEMA_BYTES)} characters`);
    const key = createHash('sha256').update(held.field).update(text).digest('base64');
    const known = this.#machines.get(key);
    if (known) this.#machines.delete(key);
    const machine = known ?? this.#compile(held);
    this.#machines.set(key, machine);
    if (this.#machines.size > MAX_FORMATS) this.#machines.delete(this.#machines.keys().next().value ?? key);
    return machine;
  }

  #compile(held: NonNullable<Held>): FormatMachine {
    const parts = new JsonParts(this.#words().trie);
    const root = held.rule(parts);
    measureAll(parts.rules);
    return machineOf(root, held.field);
  }
}
