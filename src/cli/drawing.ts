// What drawings for people are made of: named sections, and tables.

export const INDENT = ' '.repeat(10)

/** A name before the first line, the others below it. */
export function section(name: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `${index === 0 ? name.padEnd(INDENT.length) : INDENT}${line}`)
}

/** Cells to lines, each column as wide as its widest cell; the last one keeps its width. */
export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const MAX_CELL_CHARACTERS = 60
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.min(MAX_CELL_CHARACTERS, Math.max(...rows.map((cells) => (cells[column] ?? '').length))),
  )
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
