// Writes a tree as canonical text: operators as words, one space between, literals in one spelling each.  Parentheses stay
// as they were written.  Printing what was printed changes nothing.

import type { Access, Argument, Comparison, Expression, Index, Literal, Right, SetItem } from './ast.ts'
import { toByteString, toText } from './bytes.ts'
import { printIp } from './ip.ts'

/** The canonical text of a filter. */
export function printFilter(expression: Expression): string {
  switch (expression.kind) {
    case 'logical':
      return expression.items.map(printFilter).join(` ${expression.op} `)
    case 'not':
      return `not ${printFilter(expression.inner)}`
    case 'group':
      return `(${printFilter(expression.inner)})`
    case 'quantifier':
      return `${expression.op}(${printArgument(expression.argument)})`
    case 'comparison':
      return printComparison(expression)
    case 'test':
      return printValue(expression.value)
    case 'broken':
      return ''
  }
}

/** The canonical text of a value expression. */
export function printValue({ base, indexes }: Access): string {
  const head = base.kind === 'name' ? base.name : `${base.name}(${base.arguments.map(printArgument).join(', ')})`
  return head + indexes.map(printIndex).join('')
}

function printArgument(argument: Argument): string {
  if (argument.kind === 'value') return printValue(argument.value)
  return argument.kind === 'literal' ? printLiteral(argument.literal) : printFilter(argument.expression)
}

function printIndex(index: Index): string {
  if (index.kind === 'each') return '[*]'
  return index.kind === 'at' ? `[${index.position}]` : `[${printString(index.key)}]`
}

function printComparison({ left, op, right }: Comparison): string {
  return `${printValue(left)} ${op} ${printRight(right)}`
}

function printRight(right: Right): string {
  switch (right.kind) {
    case 'literal':
      return printLiteral(right.literal)
    case 'dynamic':
      return printValue(right.value)
    case 'set':
      return `{${right.items.map(printItem).join(' ')}}`
    case 'list':
      return `$${right.name}`
    case 'wildcard':
      return printString(right.pattern)
    case 'regex':
      return printRegex(right.pattern)
    case 'broken':
      return ''
  }
}

function printItem(item: SetItem): string {
  if (item.kind === 'one') return printLiteral(item.literal)
  if (item.kind === 'network') return `${printIp(item.address)}/${item.prefix}`
  return `${printLiteral(item.low)}..${printLiteral(item.high)}`
}

function printLiteral(literal: Literal): string {
  if (literal.kind === 'string') return printString(literal.value)
  return literal.kind === 'int' ? String(literal.value) : printIp(literal.value)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped.
const NEEDS_ESCAPE = /["\\\x00-\x1f\x7f]/g

/** UTF-8 as it is; control characters, and bytes that are no UTF-8, in hexadecimal. */
function printString(bytes: string): string {
  const text = toText(bytes)
  const isUtf8 = toByteString(text) === bytes
  const escaped = (isUtf8 ? text : bytes).replace(NEEDS_ESCAPE, (character) =>
    character === '"' || character === '\\' ? `\\${character}` : hex(character),
  )
  return `"${isUtf8 ? escaped : escaped.replace(/[\x80-\xff]/g, hex)}"`
}

function hex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** A pattern goes into a raw string where quotes or backslashes would need escapes. */
function printRegex(pattern: string): string {
  const text = toText(pattern)
  if (!/["\\[\]]/.test(text)) return `"${text}"`
  let hashes = ''
  while (text.includes(`"${hashes}`)) hashes += '#'
  return `r${hashes}"${text}"${hashes}`
}
