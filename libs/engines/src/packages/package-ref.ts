/** Where one version of a model lies, and in which of the two layouts. Plain data: it travels from the pod to its hosts. */
export type PackageRef =
  | {
      readonly layout: 'medserve';
      /** `<repository>/<name>/<version>`, where `model.yaml` lies. */ readonly folder: string;
    }
  | {
      readonly layout: 'triton';
      /** The model's folder, `<repository>/<name>`; any other for a model that was sent along with a load request. */
      readonly folder: string;
      readonly name: string;
      readonly version: string;
      /** JSON form of a ModelConfig; replaces `config.pbtxt`. */
      readonly configJson?: string | undefined;
    };
