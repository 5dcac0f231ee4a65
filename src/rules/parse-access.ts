// Parses what has a value: a field or a call, its indexes, and the arguments of calls.
//
//   value := ( NAME | NAME "(" [ argument { "," argument } ] ")" ) { "[" index "]" }

import type { Access, Argument, Call, Index, Literal, Name } from './ast.ts'
import { toText } from './bytes.ts'
import {
  findComparisonOp,
  findNot,
  findQuantifier,
  isHexDigit,
  isNameCharacter,
  isProblem,
  lexName,
  skipSpace,
  spanFrom,
} from './lexer.ts'
import { MAX_ARRAY_INDEX } from './limits.ts'
import { lexInt } from './literal-int.ts'
import { lexIp } from './literal-ip.ts'
import { isByteListStart, isStringStart, lexQuoted, lexString } from './literal-string.ts'
import { expectSign, isAt, nested, type ParseState, report, reportProblem, skip } from './parse-state.ts'

export function parseAccess(state: ParseState): Access | undefined {
  const start = state.at
  const base = parseBase(state)
  if (base === undefined) return undefined
  const indexes: Index[] = []
  // "Not allowed between an identifier (or a preceding `]`) and `[`": no space is skipped here.
  while (isAt(state, '[')) {
    const index = parseIndex(state)
    if (index === undefined) return undefined
    indexes.push(index)
  }
  return { base, indexes, span: spanFrom(start, state.at) }
}

function parseBase(state: ParseState): Name | Call | undefined {
  const start = state.at
  const name = lexName(state.source, start)
  if (isProblem(name)) return reportProblem(state, name)
  state.at = name.end
  const span = spanFrom(start, name.end)
  const found = state.scheme.find(name.value)
  const paren = skipSpace(state.source, name.end)
  const isCall = found === undefined ? state.source[paren] === '(' : found.kind === 'function'
  if (!isCall) return { kind: 'name', name: name.value, span }
  state.at = paren
  const args = nested(state, paren, () => parseArguments(state))
  if (args === undefined) return undefined
  return { kind: 'call', name: name.value, nameSpan: span, arguments: args, span: spanFrom(start, state.at) }
}

function parseArguments(state: ParseState): readonly Argument[] | undefined {
  if (expectSign(state, '(') === undefined) return undefined
  state.open++
  const args: Argument[] = []
  skip(state)
  while (!isAt(state, ')')) {
    if (args.length > 0) {
      if (!isAt(state, ',')) return report(state, 'expected-token', 'expected literal ")"', state.at)
      state.at++
      skip(state)
    }
    const argument = parseArgument(state)
    if (argument === undefined || state.stopped) return undefined
    args.push(argument)
    skip(state)
  }
  state.at++
  state.open--
  return args
}

/** A whole expression only behind `(`, `not` or a quantifier; otherwise one comparison at most, a value, or a literal. */
export function parseArgument(state: ParseState): Argument | undefined {
  const { source, at } = state
  if (isStringStart(source, at)) return literalArgument(readString(state))
  if (source[at] === '(' || findNot(source, at) !== undefined || findQuantifier(source, at) !== undefined) {
    const expression = state.grammar.logical(state)
    return expression && { kind: 'logical', expression, span: spanFrom(at, state.at) }
  }
  if (!isNameHere(state)) return literalArgument(parseBareLiteral(state))
  const value = parseAccess(state)
  if (value === undefined) return undefined
  if (findComparisonOp(source, skipSpace(source, state.at)) === undefined) {
    return { kind: 'value', value, span: value.span }
  }
  const expression = state.grammar.comparison(state, value)
  return expression && { kind: 'logical', expression, span: expression.span }
}

function literalArgument(literal: Literal | undefined): Argument | undefined {
  return literal && { kind: 'literal', literal, span: literal.span }
}

/** A known name, or text that can be nothing else: `0x10` is a name here, as an argument is no place for hexadecimal. */
function isNameHere(state: ParseState): boolean {
  const name = lexName(state.source, state.at)
  if (!isProblem(name) && state.scheme.find(name.value) !== undefined) return true
  for (let i = state.at; i < state.at + 3; i++) {
    const code = state.source.charCodeAt(i)
    if (!isNameCharacter(code)) return false
    if (!isHexDigit(code)) return true
  }
  return false
}

function readString(state: ParseState): Literal | undefined {
  const start = state.at
  const string = lexString(state.source, start)
  if (isProblem(string)) return reportProblem(state, string)
  state.at = string.end
  return { kind: 'string', value: string.value, span: spanFrom(start, string.end) }
}

/** An address, a number or a byte list: tried in that order. */
function parseBareLiteral(state: ParseState): Literal | undefined {
  const { source, at } = state
  const ip = lexIp(source, at)
  if (!isProblem(ip)) {
    state.at = ip.end
    return { kind: 'ip', value: ip.value, span: spanFrom(at, ip.end) }
  }
  if (isByteListStart(source, at)) return readString(state)
  const int = lexInt(source, at)
  if (!isProblem(int)) {
    state.at = int.end
    return { kind: 'int', value: int.value, span: spanFrom(at, int.end) }
  }
  if (isNameCharacter(source.charCodeAt(at))) return reportProblem(state, int)
  return report(state, 'expected-name', 'expected an argument', at)
}

function parseIndex(state: ParseState): Index | undefined {
  const start = state.at
  state.at++
  skip(state)
  const index = readIndex(state, start)
  if (index === undefined) {
    state.at = start
    return undefined
  }
  skip(state)
  if (!isAt(state, ']')) {
    const at = state.at
    state.at = start
    return report(state, 'index-syntax', 'expected literal "]"', at)
  }
  state.at++
  return { ...index, span: spanFrom(start, state.at) }
}

function readIndex(state: ParseState, start: number): Index | undefined {
  const { source, at } = state
  const span = spanFrom(start, at)
  if (source[at] === '*') {
    state.at = at + 1
    return { kind: 'each', span }
  }
  if (source[at] === '"') {
    const key = lexQuoted(source, at)
    if (isProblem(key)) return reportProblem(state, key)
    if (toText(key.value).includes('\ufffd')) {
      return report(state, 'index-syntax', 'expected utf8 string', at, key.end)
    }
    state.at = key.end
    return { kind: 'key', key: key.value, span }
  }
  const position = lexInt(source, at)
  if (isProblem(position)) {
    return report(
      state,
      'index-syntax',
      'expected quoted utf8 string or positive integer',
      at,
      Math.max(at, position.end),
    )
  }
  if (position.value < 0n || position.value > MAX_ARRAY_INDEX) {
    return report(state, 'index-syntax', 'expected positive integer as index', at, position.end)
  }
  state.at = position.end
  return { kind: 'at', position: Number(position.value), span }
}
