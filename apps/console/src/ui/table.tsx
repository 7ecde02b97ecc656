import type { ReactNode } from 'react';
import css from './ui.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly title: ReactNode;
  readonly isNumeric?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

export interface TableProps<Row> {
  /** What the table holds, for who does not see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** Further attributes of a row, such as handlers or `data-selected`. */
  readonly rowProps?: (row: Row) => React.HTMLAttributes<HTMLTableRowElement>;
}

/** Rows of one kind. Where it is wider than the page, it scrolls by itself. */
export function Table<Row>({ caption, columns, rows, keyOf, rowProps }: TableProps<Row>) {
  return (
    <div className={css['tableScroll']} tabIndex={0} role="region" aria-label={caption}>
      <table className={css['table']}>
        <caption className={css['hidden']}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, title, isNumeric }) => (
              <th key={key} scope="col" className={isNumeric === true ? css['numeric'] : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} {...rowProps?.(row)}>
              {columns.map(({ key, isNumeric, cell }) => (
                <td key={key} className={isNumeric === true ? css['numeric'] : undefined}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
