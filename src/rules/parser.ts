// Parses an expression into its tree (ast.ts), or says what is wrong with its text.  Types are the checker's business,
// but for the spelling of literals (infer.ts).
//
//   filter     := logical                      all of the text
//   logical    := term { OP term }             or < xor < and; a run of one operator is one node
//   term       := "(" logical ")" | ("not" | "!") term | ("any" | "all") "(" argument ")" | comparison
//   comparison := value [ OP right ]
//
// I1  Never throws, and reads in time linear in the text: every position is left behind a bounded number of times.

import type { Access, Expression } from './ast.ts'
import { toByteString } from './bytes.ts'
import type { Problem } from './diagnostic.ts'
import { hasEach, type Inference, makeInference } from './infer.ts'
import {
  findComparisonOp,
  findLogicalOp,
  findNot,
  findQuantifier,
  isSpace,
  skipSpace,
  spanFrom,
  takeWhile,
} from './lexer.ts'
import { LIMITS, type Limits } from './limits.ts'
import { parseAccess, parseArgument } from './parse-access.ts'
import { parseAnyRight, parseRight } from './parse-right.ts'
import { expectSign, nested, type ParseState, recover, report, skip } from './parse-state.ts'
import type { Scheme } from './scheme.ts'
import { isOperatorFor, type LogicalOp, PRECEDENCE } from './token.ts'
import { BOOL, BOOL_ARRAY, isComparable } from './types.ts'

export type Parsed<Tree> = {
  /** The text as bytes, which spans count. */
  readonly source: string
  /** Broken where a problem is; undefined when nothing could be read. */
  readonly tree: Tree | undefined
  readonly problems: readonly Problem[]
  readonly inference: Inference
}

/** Parses a filter: an expression with operators, to be Bool. */
export function parseFilter(text: string, scheme: Scheme, limits: Limits = LIMITS): Parsed<Expression> {
  return parseWhole(text, scheme, limits, (state) => {
    let tree = parseLogical(state)
    while (!state.stopped && state.at < state.source.length) {
      reportTrailing(state)
      recover(state, state.open)
      const op = findLogicalOp(state.source, state.at)
      if (op === undefined) break
      state.at = skipSpace(state.source, op.end)
      const next = parseLogical(state)
      tree = { kind: 'logical', op: op.op, items: [tree, next], span: spanFrom(tree.span.start, next.span.end) }
    }
    return tree
  })
}

/** Parses a value expression: one field or call with its indexes. */
export function parseValue(text: string, scheme: Scheme, limits: Limits = LIMITS): Parsed<Access> {
  return parseWhole(text, scheme, limits, (state) => {
    const tree = parseAccess(state)
    if (tree !== undefined) skip(state)
    if (tree !== undefined && state.at < state.source.length) {
      reportTrailing(state)
    }
    return tree
  })
}

function parseWhole<Tree>(
  text: string,
  scheme: Scheme,
  limits: Limits,
  parse: (state: ParseState) => Tree | undefined,
): Parsed<Tree> {
  const trimmed = text.length > 4 * limits.expressionCharacters ? text : text.trimEnd()
  const inference = makeInference(scheme)
  const characters = trimmed.length > 2 * limits.expressionCharacters ? trimmed.length : [...trimmed].length
  if (characters > limits.expressionCharacters) {
    const message = `expression of ${characters} characters exceeds ${limits.expressionCharacters}; shorten it`
    return { source: '', tree: undefined, problems: [{ kind: 'too-long', message, start: 0, end: 0 }], inference }
  }
  const source = toByteString(trimmed)
  const at = toByteString(trimmed.slice(0, trimmed.length - trimmed.trimStart().length)).length
  const grammar = { logical: parseLogical, comparison: parseComparison }
  const problems: Problem[] = []
  const state: ParseState = {
    source,
    scheme,
    inference,
    limits,
    grammar,
    problems,
    at,
    nesting: 0,
    open: 0,
    stopped: false,
  }
  return { source, tree: parse(state), problems, inference }
}

/** Points at the first word that does not belong, and as CF does at the spaces before it. */
function reportTrailing(state: ParseState): void {
  let start = state.at
  while (start > 0 && isSpace(state.source.charCodeAt(start - 1))) start--
  const end = takeWhile(state.source, state.at, (code) => !isSpace(code))
  report(state, 'trailing-input', 'unrecognised input', start, Math.max(end, state.at + 1))
}

function parseLogical(state: ParseState): Expression {
  return parseLevel(state, 0)
}

/** Terms joined by operators of at least this precedence; the spaces behind are skipped. */
function parseLevel(state: ParseState, level: number): Expression {
  const op = PRECEDENCE[level]
  if (op === undefined) return parseTermOrRecover(state)
  const items = [parseLevel(state, level + 1)]
  while (takeOperator(state, op)) items.push(parseLevel(state, level + 1))
  const first = items[0] as Expression
  if (items.length === 1) return first
  const last = items[items.length - 1] as Expression
  return { kind: 'logical', op, items, span: spanFrom(first.span.start, last.span.end) }
}

function takeOperator(state: ParseState, op: LogicalOp): boolean {
  if (state.stopped) return false
  const found = findLogicalOp(state.source, state.at)
  if (found?.op !== op) return false
  state.at = skipSpace(state.source, found.end)
  return true
}

function parseTermOrRecover(state: ParseState): Expression {
  const { at, open } = state
  const term = state.stopped ? undefined : parseTerm(state)
  if (term === undefined && !state.stopped) recover(state, open)
  const end = state.at
  skip(state)
  return term ?? { kind: 'broken', span: spanFrom(at, end) }
}

function parseTerm(state: ParseState): Expression | undefined {
  const { source, at } = state
  if (source[at] === '(') return nested(state, at, () => parseGroup(state))
  const behindNot = findNot(source, at)
  if (behindNot !== undefined) return nested(state, at, () => parseNot(state, behindNot))
  const quantifier = findQuantifier(source, at)
  if (quantifier !== undefined) {
    return nested(state, quantifier.end, () => {
      state.at = quantifier.end + 1
      state.open++
      skip(state)
      const argument = parseArgument(state)
      if (argument === undefined || state.stopped || close(state) === undefined) return undefined
      return { kind: 'quantifier', op: quantifier.op, argument, span: spanFrom(at, state.at) }
    })
  }
  const value = parseAccess(state)
  return value && parseComparison(state, value)
}

function parseGroup(state: ParseState): Expression | undefined {
  const start = state.at
  state.at++
  state.open++
  skip(state)
  const inner = parseLogical(state)
  if (state.stopped || close(state) === undefined) return undefined
  return { kind: 'group', inner, span: spanFrom(start, state.at) }
}

function close(state: ParseState): true | undefined {
  skip(state)
  if (expectSign(state, ')') === undefined) return undefined
  state.open--
  return true
}

function parseNot(state: ParseState, behindNot: number): Expression | undefined {
  const start = state.at
  state.at = skipSpace(state.source, behindNot)
  const inner = parseTerm(state)
  return inner && { kind: 'not', inner, span: spanFrom(start, inner.span.end) }
}

function parseComparison(state: ParseState, left: Access): Expression | undefined {
  const type = state.inference.typeOf(left)
  if (type === BOOL || type === BOOL_ARRAY) return { kind: 'test', value: left, span: left.span }
  const at = skipSpace(state.source, state.at)
  const found = findComparisonOp(state.source, at)
  if (found === undefined) {
    if (type === undefined) return { kind: 'test', value: left, span: left.span }
    state.at = at
    const wanted = isComparable(type) || hasEach(left) ? '' : ` or an index, as ${type.name} has no value to compare`
    return report(state, 'expected-operator', `expected a comparison operator${wanted}`, at)
  }
  const opSpan = spanFrom(at, found.end)
  state.at = skipSpace(state.source, found.end)
  const isKnown = type !== undefined && isOperatorFor(found.op, type.kind)
  const right = isKnown ? parseRight(state, found.op, type) : parseAnyRight(state)
  if (right === undefined) return undefined
  return { kind: 'comparison', left, op: found.op, opSpan, right, span: spanFrom(left.span.start, right.span.end) }
}
