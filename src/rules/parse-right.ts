// Parses the right side of a comparison.  What may stand there follows from the operator and the type on the left.

import type { Literal, Right, SetItem } from './ast.ts'
import { isNameCharacter, isProblem, type Lexed, lexListName, lexName, spanFrom, takeWhile } from './lexer.ts'
import { lexInt } from './literal-int.ts'
import { lexIp, lexIpItem } from './literal-ip.ts'
import { isByteListStart, isStringStart, lexQuotedOrRaw, lexRegex, lexString } from './literal-string.ts'
import { parseAccess } from './parse-access.ts'
import { expectSign, isAt, type ParseState, report, reportProblem, skip } from './parse-state.ts'
import { type ComparisonOp, DYNAMIC_OPERATORS } from './token.ts'
import type { Type } from './types.ts'

type ScalarKind = 'Int' | 'String' | 'IP'

/** The right side; on a mistake the position goes back to where it began, so that skipping meets whole literals. */
export function parseRight(state: ParseState, op: ComparisonOp, type: Type): Right | undefined {
  const start = state.at
  const right = readRight(state, op, type.kind as ScalarKind)
  if (right === undefined) state.at = start
  return right
}

function readRight(state: ParseState, op: ComparisonOp, kind: ScalarKind): Right | undefined {
  switch (op) {
    case 'in':
      return isAt(state, '$') ? parseList(state) : parseSet(state, kind)
    case 'matches':
      return parsePattern(state, 'regex', lexRegex(state.source, state.at))
    case 'wildcard':
    case 'strict wildcard':
      return parsePattern(state, 'wildcard', lexQuotedOrRaw(state.source, state.at))
    case 'contains':
    case 'bitwise_and':
      return parseLiteral(state, kind)
    default:
      return DYNAMIC_OPERATORS.has(op) && isDynamic(state, kind) ? parseDynamic(state) : parseLiteral(state, kind)
  }
}

/** A known name; or an unknown one that cannot be meant as a literal. */
function isDynamic(state: ParseState, kind: ScalarKind): boolean {
  const { source, at } = state
  if (isStringStart(source, at)) return false
  const name = lexName(source, at)
  if (isProblem(name)) return false
  if (state.scheme.find(name.value) !== undefined) return true
  if (!/^[A-Za-z_]/.test(name.value) || source[name.end] === '"') return false
  if (kind === 'String') return name.value.length > 2 && !isByteListStart(source, at)
  if (kind === 'IP') return source[name.end] !== ':'
  return true
}

function parseDynamic(state: ParseState): Right | undefined {
  const value = parseAccess(state)
  return value && { kind: 'dynamic', value, span: value.span }
}

function parseLiteral(state: ParseState, kind: ScalarKind): Right | undefined {
  const literal = readLiteral(state, kind)
  return literal && { kind: 'literal', literal, span: literal.span }
}

function readLiteral(state: ParseState, kind: ScalarKind): Literal | undefined {
  const { source, at } = state
  switch (kind) {
    case 'Int':
      return finish(state, lexInt(source, at), (value, span) => ({ kind: 'int', value, span }))
    case 'IP':
      return finish(state, lexIp(source, at), (value, span) => ({ kind: 'ip', value, span }))
    case 'String':
      return finish(state, lexString(source, at), (value, span) => ({ kind: 'string', value, span }))
  }
}

function parsePattern(state: ParseState, kind: 'regex' | 'wildcard', lexed: Lexed<string>): Right | undefined {
  return finish(state, lexed, (pattern, span) => ({ kind, pattern, span }))
}

/** Moves behind what was read and builds its node, or reports why it was not read. */
function finish<T, Node>(
  state: ParseState,
  lexed: Lexed<T>,
  build: (value: T, span: { start: number; end: number }) => Node,
): Node | undefined {
  if (isProblem(lexed)) return reportProblem(state, lexed)
  const span = { start: state.at, end: lexed.end }
  state.at = lexed.end
  return build(lexed.value, span)
}

function parseList(state: ParseState): Right | undefined {
  return finish(state, lexListName(state.source, state.at), (name, span) => ({ kind: 'list', name, span }))
}

/** Items in braces, apart by spaces or by nothing; commas do not belong here, and none at all is a set too. */
function parseSet(state: ParseState, kind: ScalarKind): Right | undefined {
  const start = state.at
  if (expectSign(state, '{') === undefined) return undefined
  const items: SetItem[] = []
  for (;;) {
    skip(state)
    if (isAt(state, '}')) break
    if (state.at >= state.source.length) return report(state, 'expected-token', 'expected literal "}"', state.at)
    const item = parseItem(state, kind)
    if (item === undefined) return undefined
    items.push(item)
  }
  state.at++
  return { kind: 'set', items, span: spanFrom(start, state.at) }
}

function parseItem(state: ParseState, kind: ScalarKind): SetItem | undefined {
  if (kind === 'IP') return finish(state, lexIpItem(state.source, state.at), (item) => item)
  const start = state.at
  const low = readLiteral(state, kind)
  if (low === undefined) return undefined
  if (kind !== 'Int' || !isAt(state, '..')) return { kind: 'one', literal: low, span: low.span }
  state.at += 2
  const high = readLiteral(state, 'Int')
  if (high === undefined) return undefined
  if (high.value < low.value) return report(state, 'bad-range', 'incompatible range bounds', start, state.at)
  return { kind: 'range', low, high, span: spanFrom(start, state.at) }
}

/** Steps over a right side of which nothing is known, because the left side has no type that takes the operator. */
export function parseAnyRight(state: ParseState): Right | undefined {
  const { source, at } = state
  const end = skipAnything(source, at)
  if (end === at) return report(state, 'expected-token', 'expected a value', at)
  state.at = end
  return { kind: 'broken', span: spanFrom(at, end) }
}

function skipAnything(source: string, at: number): number {
  if (isStringStart(source, at)) {
    const string = source[at] === '"' ? lexRegex(source, at) : lexQuotedOrRaw(source, at)
    return isProblem(string) ? source.length : string.end
  }
  if (source[at] === '{') {
    const close = source.indexOf('}', at)
    return close < 0 ? source.length : close + 1
  }
  return takeWhile(source, at, (code) => isNameCharacter(code) || ':./-$'.includes(String.fromCharCode(code)))
}
