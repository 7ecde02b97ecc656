/** Columns that stand under their heads, two spaces apart; figures to the right. */
export function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const isFigure = heads.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const lines = [heads, ...rows].map((row) => row.map(String));
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const laid = lines.map((line) =>
    line
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isFigure[column] === true ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
  return laid.join('\n');
}
