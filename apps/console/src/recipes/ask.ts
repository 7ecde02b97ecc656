/** What was asked, or is about to be, so that it can be asked again from anywhere. */
export interface RecipeAsk {
  /** Names of the files, in sending order; of a folder, with its own name in front. */
  readonly files: readonly string[];
  /** The part `request` as it is sent: task, model, question and the like. */
  readonly request: Readonly<Record<string, unknown>>;
  /** Whether it was asked as a job, whose progress can be watched. */
  readonly asJob: boolean;
}

/** Where the platform is. */
export interface Place {
  /** Without a slash at its end. */
  readonly url: string;
}

/** A way to ask the same. */
export interface Recipe {
  readonly id: 'curl' | 'python' | 'node' | 'grpcurl' | 'medserve';
  /** A name, the same in every language. */
  readonly title: string;
  readonly text: string;
}
