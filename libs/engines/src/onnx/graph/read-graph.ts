import { broken } from '../../broken';
import type { ExternalData, GraphSummary, GraphValue, Operator } from './graph-summary';
import { readValue } from './read-value';
import { WireFile, type WireField } from './wire-file';

/* Field numbers are those of onnx.proto, IR version 3 to 13. */

const MAX_NODES = 50_000;
const MAX_TENSORS = 100_000;
const MAX_NESTING = 16;
const MAX_VALUES = 1_024;
const EXTERNAL = 1;
const STANDARD_DOMAIN = 'ai.onnx';

const plainDomain = (domain: string): string => (domain === STANDARD_DOMAIN ? '' : domain);
const keyOf = ({ domain, name }: Operator): string => `${domain}:${name}`;

class GraphReader {
  private readonly operators = new Map<string, Operator>();
  private readonly functions = new Set<string>();
  private readonly external: ExternalData[] = [];
  private inputs: readonly GraphValue[] = [];
  private outputs: readonly GraphValue[] = [];
  private nodes = 0;
  private tensors = 0;

  constructor(private readonly file: WireFile) {}

  read(): GraphSummary {
    let irVersion = 0;
    let hasGraph = false;
    for (const field of this.file.message(0, this.file.size)) {
      if (field.number === 1) irVersion = field.value;
      if (field.number === 7) {
        hasGraph = true;
        this.readGraph(field, 0);
      }
      if (field.number === 25) this.readFunction(field);
    }
    if (!hasGraph) throw broken('The file is no ONNX model: it has no graph.');
    const operators = [...this.operators.values()].filter((operator) => !this.functions.has(keyOf(operator)));
    const { inputs, outputs, nodes, external } = this;
    return { irVersion, inputs, outputs, operators, nodes, external };
  }

  private readGraph({ start, end }: WireField, depth: number): void {
    if (depth > MAX_NESTING) throw broken(`Graphs are nested more than ${String(MAX_NESTING)} deep in the model.`);
    const inputs: GraphValue[] = [];
    const outputs: GraphValue[] = [];
    const given = new Set<string>();
    for (const field of this.file.message(start, end)) {
      if (field.number === 1) this.readNode(field, depth);
      if (field.number === 5) given.add(this.readTensor(field));
      if (field.number === 11) inputs.push(readValue(this.file, field));
      if (field.number === 12) outputs.push(readValue(this.file, field));
      if (field.number === 15) given.add(this.readSparseTensor(field));
      if (inputs.length + outputs.length > MAX_VALUES + given.size) {
        throw broken(`The model has more than ${String(MAX_VALUES)} inputs and outputs.`);
      }
    }
    if (depth > 0) return;
    // Before IR version 4 every initialiser is listed as an input, too.
    this.inputs = inputs.filter(({ name }) => !given.has(name));
    this.outputs = outputs;
  }

  private readNode({ start, end }: WireField, depth: number): void {
    this.nodes += 1;
    if (this.nodes > MAX_NODES) throw broken(`The model has more than ${String(MAX_NODES)} nodes.`);
    let name = '';
    let domain = '';
    for (const field of this.file.message(start, end)) {
      if (field.number === 4) name = this.file.text(field);
      if (field.number === 5) this.readAttribute(field, depth);
      if (field.number === 7) domain = plainDomain(this.file.text(field));
    }
    const operator = { domain, name };
    this.operators.set(keyOf(operator), operator);
  }

  private readAttribute({ start, end }: WireField, depth: number): void {
    for (const field of this.file.message(start, end)) {
      if (field.number === 5 || field.number === 10) this.readTensor(field);
      if (field.number === 6 || field.number === 11) this.readGraph(field, depth + 1);
      if (field.number === 22 || field.number === 23) this.readSparseTensor(field);
    }
  }

  /** A function of the model's own: its nodes count and are checked like those of the graph. */
  private readFunction({ start, end }: WireField): void {
    let name = '';
    let domain = '';
    for (const field of this.file.message(start, end)) {
      if (field.number === 1) name = this.file.text(field);
      if (field.number === 7) this.readNode(field, 1);
      if (field.number === 10) domain = plainDomain(this.file.text(field));
      if (field.number === 11) this.readAttribute(field, 1);
    }
    this.functions.add(keyOf({ domain, name }));
  }

  private readSparseTensor({ start, end }: WireField): string {
    let name = '';
    for (const field of this.file.message(start, end)) {
      if (field.number === 1) name = this.readTensor(field);
      if (field.number === 2) this.readTensor(field);
    }
    return name;
  }

  /** @returns its name */
  private readTensor({ start, end }: WireField): string {
    this.tensors += 1;
    if (this.tensors > MAX_TENSORS) throw broken(`The model has more than ${String(MAX_TENSORS)} tensors.`);
    let name = '';
    let location = 0;
    const entries = new Map<string, string>();
    for (const field of this.file.message(start, end)) {
      if (field.number === 8) name = this.file.text(field);
      if (field.number === 13) entries.set(...this.readEntry(field));
      if (field.number === 14) location = field.value;
    }
    if (location === EXTERNAL) this.external.push(externalData(name, entries));
    return name;
  }

  private readEntry({ start, end }: WireField): [string, string] {
    const entry: [string, string] = ['', ''];
    for (const field of this.file.message(start, end)) {
      if (field.number === 1) entry[0] = this.file.text(field);
      if (field.number === 2) entry[1] = this.file.text(field);
    }
    return entry;
  }
}

function externalData(tensor: string, entries: ReadonlyMap<string, string>): ExternalData {
  const size = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    if (!/^[0-9]{1,15}$/.test(text)) throw broken(`The external data of the tensor "${tensor}" has no right ${key}.`);
    return Number(text);
  };
  return { tensor, location: entries.get('location') ?? '', offset: size('offset') ?? 0, length: size('length') };
}

/**
 * Reads what a model takes, gives and is made of, without its weights and without ONNX Runtime. Bounded in nodes, tensors, names
 * and nesting, for files that a stranger may have written.
 *
 * @throws ServingError `model_broken`
 */
export function readGraph(path: string): GraphSummary {
  const file = new WireFile(path);
  try {
    return new GraphReader(file).read();
  } finally {
    file.close();
  }
}
