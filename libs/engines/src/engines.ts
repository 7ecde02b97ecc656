import type { Engine } from './engine';
import { onnxEngine } from './onnx/onnx-engine';

/* One line an engine. */
const engines: readonly Engine[] = [onnxEngine];

export const ENGINES: ReadonlyMap<string, Engine> = new Map(engines.map((engine) => [engine.id, engine]));
