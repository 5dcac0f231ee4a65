// Where the parser stands, what it has found wrong, and how it goes on after that.
//
// A parsing function that meets a mistake reports it and answers undefined.  The innermost list of terms around it skips to
// its next operator or closing parenthesis and parses on, so that one reading tells several mistakes.

import type { Access, Expression } from './ast.ts'
import type { Problem, ProblemKind } from './diagnostic.ts'
import type { Inference } from './infer.ts'
import { findLogicalOp, isNameCharacter, problem, skipSpace } from './lexer.ts'
import type { Limits } from './limits.ts'
import type { Scheme } from './scheme.ts'

export type ParseState = {
  readonly source: string
  readonly scheme: Scheme
  readonly inference: Inference
  readonly limits: Limits
  readonly grammar: Grammar
  readonly problems: Problem[]
  at: number
  /** How many parentheses, `not`s, calls and quantifiers surround the position. */
  nesting: number
  /** Parentheses opened and not closed: what skipping must close. */
  open: number
  /** Set when going on makes no sense. */
  stopped: boolean
}

/** The rules that lower ones refer back to: an argument may hold a whole expression. */
export type Grammar = {
  readonly logical: (state: ParseState) => Expression | undefined
  readonly comparison: (state: ParseState, left: Access) => Expression | undefined
}

/** Reports a mistake; the answer is what every parsing function answers then. */
export function report(
  state: ParseState,
  kind: ProblemKind,
  message: string,
  start: number,
  end = Math.min(start + 1, state.source.length),
): undefined {
  return reportProblem(state, problem(kind, message, start, end))
}

export function reportProblem(state: ParseState, found: Problem): undefined {
  state.problems.push(found)
  return undefined
}

export function skip(state: ParseState): void {
  state.at = skipSpace(state.source, state.at)
}

export function isAt(state: ParseState, sign: string): boolean {
  return state.source.startsWith(sign, state.at)
}

/** Steps over the sign, or reports that it is missing. */
export function expectSign(state: ParseState, sign: string): true | undefined {
  if (!isAt(state, sign)) return report(state, 'expected-token', `expected literal "${sign}"`, state.at)
  state.at += sign.length
  return true
}

/** One level deeper for what `inner` parses; past the limit parsing ends. */
export function nested<T>(state: ParseState, at: number, inner: () => T | undefined): T | undefined {
  if (state.nesting >= state.limits.nesting) {
    state.stopped = true
    return report(state, 'nesting', `maximum nesting depth exceeded (limit: ${state.limits.nesting})`, at)
  }
  state.nesting++
  const result = inner()
  state.nesting--
  return result
}

/**
 * Skips what is left of a broken term, which began when `open` parentheses were open: to the next operator between words
 * or the parenthesis that closes the surroundings.  Quotes and brackets are skipped whole.
 */
export function recover(state: ParseState, open: number): void {
  const { source } = state
  let depth = state.open - open
  let i = state.at
  while (i < source.length) {
    const character = source.charAt(i)
    if (character === '"') {
      i = skipQuoted(source, i)
      continue
    }
    if ('({['.includes(character)) depth++
    else if (')}]'.includes(character)) {
      if (depth === 0) break
      depth--
    } else if (depth === 0 && isOperatorBetweenWords(source, i)) break
    i++
  }
  state.at = i
  state.open = open
}

function skipQuoted(source: string, quote: number): number {
  let opening = quote
  while (source[opening - 1] === '#') opening--
  if (source[opening - 1] === 'r') {
    const terminator = `"${'#'.repeat(quote - opening)}`
    const close = source.indexOf(terminator, quote + 1)
    return close < 0 ? source.length : close + terminator.length
  }
  for (let i = quote + 1; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === '"') return i + 1
  }
  return source.length
}

function isOperatorBetweenWords(source: string, at: number): boolean {
  const found = findLogicalOp(source, at)
  if (found === undefined) return false
  if (!isNameCharacter(source.charCodeAt(at))) return true
  return !isNameCharacter(source.charCodeAt(at - 1)) && !isNameCharacter(source.charCodeAt(found.end))
}
