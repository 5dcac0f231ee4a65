// The pieces of an expression's text: spaces, words, names, list names.  The literal-*.ts files have the literals.
//
// Scannerless: which characters make a token depends on the type on the left of it (`80or` is a number and `or`, `61:62`
// are two bytes or an address), so the parser asks for what it can use at a position.  Nothing here throws on text.
//
// The source is a byte string; offsets are bytes.

import type { Problem, ProblemKind, Span } from './diagnostic.ts'
import {
  COMPARISON_SPELLINGS,
  type ComparisonOp,
  LOGICAL_SPELLINGS,
  type LogicalOp,
  NOT_SPELLINGS,
  QUANTIFIERS,
  type Quantifier,
} from './token.ts'

/** What was read and where the text goes on, or why it was not there. */
export type Lexed<T> = { readonly value: T; readonly end: number } | Problem

export function isProblem<T>(lexed: Lexed<T>): lexed is Problem {
  return 'message' in lexed
}

export function problem(kind: ProblemKind, message: string, start: number, end: number): Problem {
  return { kind, message, start, end }
}

export function spanFrom(start: number, end: number): Span {
  return { start, end }
}

/** Only space, CR and LF separate tokens; an inner tab is an error wherever it stands. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d
}

export function skipSpace(source: string, at: number): number {
  return takeWhile(source, at, isSpace)
}

export function takeWhile(source: string, at: number, isWanted: (code: number) => boolean): number {
  let end = at
  while (end < source.length && isWanted(source.charCodeAt(end))) end++
  return end
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46)
}

export function isNameCharacter(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
}

const DOT = 0x2e

/** Segments joined by single dots, as long as possible: a name is looked up whole. */
export function lexName(source: string, at: number): Lexed<string> {
  let end = at
  for (;;) {
    const segmentEnd = takeWhile(source, end, isNameCharacter)
    if (segmentEnd === end) {
      return problem('expected-name', 'expected identifier character', end, Math.min(end + 1, source.length))
    }
    end = segmentEnd
    if (source.charCodeAt(end) !== DOT) return { value: source.slice(at, end), end }
    end++
  }
}

export function findLogicalOp(source: string, at: number): { op: LogicalOp; end: number } | undefined {
  return findSpelling(LOGICAL_SPELLINGS, source, at)
}

export function findComparisonOp(source: string, at: number): { op: ComparisonOp; end: number } | undefined {
  return findSpelling(COMPARISON_SPELLINGS, source, at)
}

function findSpelling<Op>(
  spellings: readonly (readonly [string, Op])[],
  source: string,
  at: number,
): { op: Op; end: number } | undefined {
  for (const [spelling, op] of spellings) {
    if (source.startsWith(spelling, at)) return { op, end: at + spelling.length }
  }
  return undefined
}

/** Where the text goes on behind a `not` or `!`. */
export function findNot(source: string, at: number): number | undefined {
  const spelling = NOT_SPELLINGS.find((candidate) => source.startsWith(candidate, at))
  return spelling === undefined ? undefined : at + spelling.length
}

/** `any` and `all` are quantifiers only when a parenthesis follows; `end` is where that one opens. */
export function findQuantifier(source: string, at: number): { op: Quantifier; end: number } | undefined {
  const op = QUANTIFIERS.find((candidate) => source.startsWith(candidate, at))
  if (op === undefined) return undefined
  const end = skipSpace(source, at + op.length)
  return source[end] === '(' ? { op, end } : undefined
}

/** The name behind `$`: lower case, digits, `_`, and dots that neither begin nor end it. */
export function lexListName(source: string, at: number): Lexed<string> {
  const start = at + 1
  const end = takeWhile(source, start, isListCharacter)
  const name = source.slice(start, end)
  if (name === '' || name.startsWith('.') || name.endsWith('.')) {
    const shown = name === '' ? source.slice(start, start + 1) : name
    return problem('bad-list-name', `invalid list name "${shown}"`, start, Math.max(end, start + shown.length))
  }
  return { value: name, end }
}

function isListCharacter(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x7a) || code === 0x5f || code === DOT
}
