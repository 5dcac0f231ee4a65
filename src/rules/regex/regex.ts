// Regular expressions in time linear in the text: patterns in Rust's syntax, run by RE2's automata (re2js); by search for
// texts where the shape allows (shape.ts); by the runtime's own engine where that is provably linear (native.ts).
//
// I1  What Rust's `regex` refuses is refused; what is accepted never takes more than linear time.

import type { RE2JS } from 're2js'
import { fail, ok, type Result } from '../../base/index.ts'
import { emitRegex } from './emit.ts'
import { makeNative } from './native.ts'
import type { RegexNode } from './node.ts'
import { type Shape, shapeOf } from './shape.ts'
import { isSmall } from './size.ts'
import { parseRegex } from './syntax.ts'

export type Regex = {
  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean
  /** The first match and its groups, or undefined. */
  find(text: string): Match | undefined
}

export type Match = {
  readonly start: number
  readonly end: number
  /** By number, from the whole match at 0; undefined where a group took no part. */
  readonly groups: readonly (string | undefined)[]
}

const TOO_LARGE = 'compiled regex exceeds size limit'

/** The checker compiles a pattern to judge it, and the compiler once more to run it; and a change compiles all again. */
const RECENT = new Map<string, Result<Regex, string>>()
const MAX_RECENT = 128

/** Compiles a pattern of bytes; the problem is a sentence for the author of the rule. */
export function compileRegex(pattern: string): Result<Regex, string> {
  const known = RECENT.get(pattern)
  if (known !== undefined) return known
  const compiled = compileAnew(pattern)
  if (RECENT.size >= MAX_RECENT) RECENT.delete(RECENT.keys().next().value ?? '')
  RECENT.set(pattern, compiled)
  return compiled
}

function compileAnew(pattern: string): Result<Regex, string> {
  const parsed = parseRegex(pattern)
  if (!parsed.ok) return fail(`regex parse error: ${parsed.why}`)
  const { node, groups } = parsed
  if (!isSmall(node)) return fail(TOO_LARGE)
  const getEngine = makeEngine(node)
  const shape = shapeOf(node)
  const native = shape.kind === 'engine' ? makeNative(node) : undefined
  const matcher = native ?? (shape.kind === 'engine' ? getEngine() : NEVER)
  if (matcher === undefined) return fail(TOO_LARGE)
  return ok({ test: makeTest(shape, matcher), find: (text) => findFirst(getEngine(), text, groups) })
}

const NEVER: Pick<RegExp, 'test'> = { test: () => false }

/** The automaton, built when it is first needed; undefined when the engine finds it too large after all. */
function makeEngine(node: RegexNode): () => RE2JS | undefined {
  let engine: RE2JS | undefined
  let isBuilt = false
  return () => {
    if (!isBuilt) {
      isBuilt = true
      try {
        engine = loadRe2().compile(emitRegex(node))
      } catch {
        // Fail closed: the rule is refused, with the limit as its reason; the syntax is already known to be sound.
        engine = undefined
      }
    }
    return engine
  }
}

/** At once, but not before a rule needs it: few zones have one, and every start would load it. */
function loadRe2(): typeof RE2JS {
  const { RE2JS }: typeof import('re2js') = require('re2js')
  return RE2JS
}

function makeTest(shape: Shape, engine: Pick<RegExp, 'test'>): Regex['test'] {
  if (shape.kind === 'texts') return makeTextTest(shape)
  const { contains } = shape
  if (contains === '') return (text) => engine.test(text)
  return (text) => text.includes(contains) && engine.test(text)
}

function makeTextTest({ texts, tied }: Shape & { kind: 'texts' }): Regex['test'] {
  const [only] = texts
  if (only !== undefined && texts.length === 1) {
    if (tied === 'both') return (text) => text === only
    if (tied === 'start') return (text) => text.startsWith(only)
    if (tied === 'end') return (text) => endsIn(text, only)
    return (text) => text.includes(only)
  }
  if (tied === 'both') {
    const set = new Set(texts)
    return (text) => set.has(text)
  }
  if (tied === 'start') return anyOf(texts, (text, choice) => text.startsWith(choice))
  if (tied === 'end') return anyOf(texts, endsIn)
  return anyOf(texts, (text, choice) => text.includes(choice))
}

/** The last byte first: it tells nearly all apart, and asking the runtime for the rest is dear. */
function endsIn(text: string, end: string): boolean {
  const last = end.length - 1
  if (last < 0) return true
  return text.charCodeAt(text.length - 1) === end.charCodeAt(last) && text.endsWith(end)
}

function anyOf(choices: readonly string[], passes: (text: string, choice: string) => boolean): Regex['test'] {
  return (text) => {
    for (const choice of choices) if (passes(text, choice)) return true
    return false
  }
}

function findFirst(engine: RE2JS | undefined, text: string, groups: number): Match | undefined {
  const matcher = engine?.matcher(text)
  if (matcher === undefined || !matcher.find()) return undefined
  const found = Array.from({ length: groups + 1 }, (_, group) => matcher.group(group) ?? undefined)
  return { start: matcher.start(), end: matcher.end(), groups: found }
}
