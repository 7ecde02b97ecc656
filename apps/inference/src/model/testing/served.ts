import { join } from 'node:path';
import type { Decoded, Finding, Tensor } from '@medserve/clinical';
import { loadPackage, onnxEngine, type Session } from '@medserve/engines';
import { compileModel, type ImageRoad } from '../compile-model';

const MODELS = join(__dirname, '..', '..', '..', '..', '..', 'models');

/** A package as a model host puts it together: recipe, graph, reader. */
export class Served {
  private constructor(
    private readonly road: ImageRoad,
    private readonly session: Session,
  ) {}

  static async load(name: string): Promise<Served> {
    const modelPackage = await loadPackage({ layout: 'medserve', folder: join(MODELS, name, '1') });
    const road = compileModel(modelPackage).image;
    if (road === undefined) throw new Error('the package takes tensors only');
    const { folder, modelFile } = modelPackage;
    return new Served(road, await onnxEngine.load({ folder, modelFile, threads: 2 }, new AbortController().signal));
  }

  async ask(decoded: Decoded): Promise<Finding> {
    const { feeds, placement } = this.road.prepare(decoded);
    const outputs = await this.session.run(feeds);
    return this.road.read(decoded, placement, outputs as Tensor[]);
  }

  close(): Promise<void> {
    return this.session.close();
  }
}
