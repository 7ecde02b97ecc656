/** The page's style, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fbfbf9; --card: #fff; --ink: #1d2329; --soft: #5f6b76; --rule: #e3e5e3;
  --bar: #4b74a8; --met: #2f7f6b; --missed: #b9502f; --none: #7b8794; --target: #1d2329; --noise: #8a5a00;
  --c0: #2b6cb0; --c1: #b9502f; --c2: #2f7f6b; --c3: #805ad5; --c4: #b7791f; --c5: #5f6b76; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181c; --card: #1b2127; --ink: #e6e9eb; --soft: #9aa7b2; --rule: #2c343c;
  --bar: #7ba4d6; --met: #57b89d; --missed: #e98a63; --none: #7f8c99; --target: #f2f4f5; --noise: #e0b05c;
  --c0: #7ba4d6; --c1: #e98a63; --c2: #57b89d; --c3: #b79cf0; --c4: #e0b05c; --c5: #9aa7b2; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; }
main { max-width: 960px; margin: 0 auto; padding: 32px 20px 80px; }
h1 { font-size: 28px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 a { color: inherit; text-decoration: none; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 22px 24px; margin: 22px 0; }
.facts { color: var(--soft); margin: 0 0 18px; display: flex; flex-wrap: wrap; gap: 2px 14px; font-size: 13px; }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; margin: 0 0 18px; }
.tile { flex: 1 1 150px; background: var(--card); border: 1px solid var(--rule); border-left: 5px solid var(--none); border-radius: 10px; padding: 10px 14px; }
.tile b { display: block; font-size: 26px; line-height: 1.1; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: 13px; }
.tile.met { border-left-color: var(--met); } .tile.missed { border-left-color: var(--missed); } .tile.unknown { border-left-color: var(--noise); }
nav ol { list-style: none; margin: 0; padding: 0; columns: 2; column-gap: 28px; }
nav li { display: flex; justify-content: space-between; gap: 12px; padding: 4px 0; border-bottom: 1px solid var(--rule); break-inside: avoid; }
nav a { color: inherit; }
.marks { white-space: nowrap; }
.mark { margin-left: 3px; font-weight: 700; } .mark.met { color: var(--met); } .mark.missed { color: var(--missed); } .mark.unknown { color: var(--noise); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; margin: 16px 0 0; }
.key { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; background: var(--none); }
.key.met { background: var(--met); } .key.missed { background: var(--missed); }
.key.line { width: 3px; border-radius: 0; background: var(--target); }
.key.diamond { background: none; border: 2px solid var(--ink); border-radius: 0; width: 9px; height: 9px; transform: rotate(45deg); }
.shows { color: var(--soft); margin: 0 0 12px; max-width: 75ch; }
.note { font-size: 14px; max-width: 80ch; margin: 10px 0 0; }
.absent { border-left: 4px solid var(--noise); padding: 6px 12px; background: color-mix(in srgb, var(--noise) 10%, transparent); }
.conditions { color: var(--soft); font-size: 13px; margin: 14px 0 0; }
.conditions.noisy { color: var(--noise); }
figure { margin: 18px 0 8px; }
figcaption { font-weight: 600; margin: 0 0 4px; }
svg { width: 100%; min-width: 640px; height: auto; display: block; font: 12.5px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; font-variant-numeric: tabular-nums; }
svg .label { fill: var(--ink); } svg .axis { fill: var(--soft); font-size: 11.5px; } svg .value { fill: var(--ink); font-weight: 600; }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .bar { fill: var(--none); opacity: 0.85; } svg .bar.met { fill: var(--met); } svg .bar.missed { fill: var(--missed); }
svg .whisker { stroke: var(--ink); stroke-width: 1.4; opacity: 0.75; }
svg .round { fill: var(--card); stroke: var(--ink); stroke-width: 1; opacity: 0.9; }
svg .baseline { fill: var(--card); stroke: var(--ink); stroke-width: 1.8; }
svg .target-line { stroke: var(--target); stroke-width: 2; } svg .target-tip { fill: var(--target); }
svg .target-ring { fill: none; stroke: var(--target); stroke-width: 2; }
svg .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
svg .c0 { stroke: var(--c0); } svg .c1 { stroke: var(--c1); } svg .c2 { stroke: var(--c2); } svg .c3 { stroke: var(--c3); } svg .c4 { stroke: var(--c4); } svg .c5 { stroke: var(--c5); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; font-variant-numeric: tabular-nums; margin-top: 6px; }
caption { position: absolute; clip-path: inset(50%); }
th, td { text-align: right; padding: 5px 8px; border-bottom: 1px solid var(--rule); white-space: nowrap; font-weight: 400; }
th[scope=row], thead th:first-child { text-align: left; padding-left: 0; } thead th { color: var(--soft); font-size: 12px; }
.badge { display: inline-block; padding: 0 8px; border-radius: 9px; font-size: 12px; font-weight: 600; border: 1px solid currentcolor; }
.badge.met { color: var(--met); } .badge.missed { color: var(--missed); } .badge.unknown { color: var(--noise); }
@media (max-width: 640px) { nav ol { columns: 1; } section { padding: 16px 14px; } }
@media print { section { break-inside: avoid; } }
`;
