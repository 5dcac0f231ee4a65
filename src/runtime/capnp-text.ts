// Values in Cap'n Proto's text form, in which workerd reads its configuration.  Whatever a script's author chose, names and
// values of bindings above all, becomes a literal here and can be nothing else.

/** A text literal.  What is not plain ASCII or could end the literal is escaped byte by byte; other UTF-8 stays. */
export function textLiteral(text: string): string {
  let literal = '"'
  for (const character of text.isWellFormed() ? text : text.toWellFormed()) {
    const code = character.charCodeAt(0)
    const isPlain = code >= 0x20 && code !== 0x22 && code !== 0x5c && code !== 0x7f
    literal += isPlain ? character : `\\x${code.toString(16).padStart(2, '0')}`
  }
  return `${literal}"`
}

/** A list literal. */
export function listLiteral(members: readonly string[]): string {
  return `[${members.join(', ')}]`
}

/** A struct literal, from field names of ours and literals. */
export function structLiteral(fields: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${value}`]))
  return `(${written.join(', ')})`
}
