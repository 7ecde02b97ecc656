export interface PanelQuery {
  readonly panel: string;
  readonly refId: string;
  readonly expr: string;
}

export interface Choice {
  readonly name: string;
  readonly metric: string;
  readonly label: string;
}

export function queriesOf(dashboard: object): PanelQuery[];
export function choicesOf(dashboard: object): Choice[];
export function filled(expr: string, range: { readonly rangeSeconds: number; readonly rateInterval: string }): string;
