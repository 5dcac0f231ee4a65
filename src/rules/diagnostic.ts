// What is wrong with an expression, and where: a closed list of kinds, spans, and the caret drawing.
//
// The drawing follows Cloudflare's pattern:
//
//   Filter parsing error (1:14):
//   http.host eq 'a'
//                ^^ invalid digit found in string while parsing with radix 16
//
// Line and column count from 1; the column counts bytes, as Cloudflare's does, and the carets stand under characters.

import { toText } from './bytes.ts'

/** Byte offsets into the expression's text; `end` is exclusive. */
export type Span = { readonly start: number; readonly end: number }

export type ProblemKind =
  /** A name that is neither a field nor a function of the scheme. */
  | 'unknown-identifier'
  /** A term or a name should begin here, or a name has an empty segment. */
  | 'expected-name'
  /** A value that is not Bool stands without a comparison operator. */
  | 'expected-operator'
  /** The operator does not exist for the type on its left. */
  | 'unsupported-operator'
  /** A value of another type is needed here. */
  | 'type-mismatch'
  /** The expression ends before its text does. */
  | 'trailing-input'
  /** Digits that are no number of their radix, or too large a number. */
  | 'bad-number'
  /** A number should begin here. */
  | 'expected-digit'
  /** A backslash before something that it does not escape. */
  | 'bad-escape'
  | 'unclosed-quote'
  /** The range ends before it begins, or mixes address families. */
  | 'bad-range'
  /** Not an IP address or network. */
  | 'bad-address'
  | 'bad-list-name'
  /** A list that the scheme does not have. */
  | 'unknown-list'
  /** An index on a type that cannot be indexed that way. */
  | 'bad-index'
  /** The text between brackets is no index. */
  | 'index-syntax'
  | 'argument-count'
  /** A literal where a field must stand, or the other way round. */
  | 'argument-kind'
  | 'argument-type'
  /** A literal argument that the function does not take. */
  | 'argument-value'
  /** `[*]` where it has no meaning. */
  | 'map-each'
  | 'bad-wildcard'
  | 'bad-regex'
  | 'nesting'
  /** One certain token is missing here. */
  | 'expected-token'
  | 'too-long'
  /** A function or form that exists, but not in this kind of expression. */
  | 'not-here'

export type Problem = Span & { readonly kind: ProblemKind; readonly message: string }

export type Diagnostic = Problem & {
  /** From 1. */
  readonly line: number
  /** In bytes of the line, from 1. */
  readonly column: number
  /** The whole message: position, the line of text, carets, and what is wrong. */
  readonly text: string
}

/** Places problems in the text, in order of position; the source is a byte string. */
export function makeDiagnostics(source: string, problems: readonly Problem[]): readonly Diagnostic[] {
  const sorted = [...problems].sort((a, b) => a.start - b.start || a.end - b.end)
  return sorted.map((problem) => makeDiagnostic(source, problem))
}

function makeDiagnostic(source: string, problem: Problem): Diagnostic {
  const before = source.slice(0, problem.start)
  const lineStart = before.lastIndexOf('\n') + 1
  const newline = source.indexOf('\n', problem.start)
  const lineEnd = newline < 0 ? source.length : newline
  const line = before.split('\n').length
  const column = problem.start - lineStart + 1
  const marked = source.slice(problem.start, Math.max(problem.start, Math.min(problem.end, lineEnd)))
  const indent = ' '.repeat(countCharacters(source.slice(lineStart, problem.start)))
  const carets = '^'.repeat(Math.max(1, countCharacters(marked)))
  const text =
    `Filter parsing error (${line}:${column}):\n` +
    `${toText(source.slice(lineStart, lineEnd))}\n${indent}${carets} ${problem.message}\n`
  return { ...problem, line, column, text }
}

/** Characters, not bytes: UTF-8's continuation bytes do not count. */
function countCharacters(byteString: string): number {
  let count = 0
  for (let i = 0; i < byteString.length; i++) if ((byteString.charCodeAt(i) & 0xc0) !== 0x80) count++
  return count
}
