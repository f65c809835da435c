// A table, whose rows become cards where there is no room: each cell carries the name of its column.
import type { ComponentChildren } from 'preact';

export interface Column<T> {
  name: string;
  cell: (row: T) => ComponentChildren;
  // Figures stand on the right, below each other.
  number?: boolean;
  // Shown without its name on a card, in its first line: what the card is about.
  head?: boolean;
  // Left out where there is no room, in a table that stays one.
  minor?: boolean;
}

interface Props<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string | number;
  empty: string;
  // Has few and short columns: it stays a table on a phone.
  slim?: boolean;
}

export function Table<T>({ caption, columns, rows, keyOf, empty, slim = false }: Props<T>) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  const kind = (column: Column<T>) => [column.number ? 'number' : '', column.head ? 'head' : '', column.minor ? 'minor' : ''].join(' ').trim();
  const cell = (column: Column<T>, row: T) => {
    const shown = column.cell(row);
    // One thing in each cell, and nothing in one that says nothing: cards leave those out.
    return shown === '' || shown === null || shown === undefined ? null : <div>{shown}</div>;
  };
  return (
    <table class={slim ? 'slim' : 'cards'}>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>{columns.map((column) => <th key={column.name} scope="col" class={kind(column)}>{column.name}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column) => (
              <td key={column.name} class={kind(column)} data-name={column.name}>{cell(column, row)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
