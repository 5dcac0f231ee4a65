// Makes expressions at random and holds what the Rules language promises against each of them.
//
//   I1  No text makes the compiler throw, nor take longer than a limit.
//   I2  A refused text has a diagnostic within the text, with a drawing.
//   I3  Printing what was parsed gives a text that parses and prints the same.
//   I4  What compiles runs on any context without throwing, and its canonical text gives the same answers.
//   I5  A regular expression answers the same whether a shape, the runtime's engine or the automaton runs it.
//
// Seeded, so that a failure can be run again: RULES_FUZZ_SEED=7 npm run fuzz:rules (RULES_FUZZ_SECONDS sets how long).

import { compileFilter, compileRegex, compileValue, type Value } from '../../src/rules/index.ts'
import { makeRandom, pick } from '../support/random.ts'
import { makeRulesContext, rulesScheme } from '../support/rules.ts'

/** The most processor time that one text may take in all its checks: what others do on the machine does not count. */
const LIMIT_MILLIS = 500

const PIECES = [
  ...rulesScheme.fields.map(({ name }) => name),
  ...rulesScheme.functions.flatMap(({ name }) => [`${name}(`, name]),
  ...[
    'and',
    'or',
    'xor',
    '&&',
    '||',
    '^^',
    'not ',
    '!',
    'any(',
    'all(',
    '(',
    ')',
    '[',
    ']',
    '[*]',
    '[0]',
    '["x"]',
    ',',
  ],
  ...[
    'eq',
    'ne',
    '==',
    '!=',
    'lt',
    '<=',
    '>',
    'ge',
    'in',
    'contains',
    'matches',
    '~',
    'wildcard',
    'strict wildcard',
    '&',
  ],
  ...[
    '{',
    '}',
    '{1 2..9}',
    '{"a""b"}',
    '{10.0.0.0/8 ::1}',
    '$office',
    '"a"',
    '"*.com"',
    'r#"a"#',
    '"\\x41\\102"',
    '61:62',
  ],
  ...[
    '443',
    '0x1f',
    '010',
    '-1',
    '9223372036854775807',
    '192.0.2.7',
    '2001:db8::/32',
    '"(a+)+$"',
    '"^a|b$"',
    '"[a-z]{2}"',
  ],
  ...[' ', ' ', ' ', '\n', '\t', '\u00e9', '"', '\\', '#', '.', '..', '0', '\0', '\ud800'],
] as const

const TEMPLATES = [
  'http.host eq "x" and starts_with(http.request.uri.path, "/a")',
  'any(http.request.headers.names[*] in {"Accept" "Host"}) or not ssl',
  'ip.src in {192.0.2.0/24 2001:db8::/32 10.0.0.1..10.0.0.9} xor cf.edge.server_port in {80 443..450}',
  'lower(http.host) wildcard r"*.example.com" and http.request.uri.path matches r"^/(a|b)[0-9]+\\.js$"',
  'any((flags and not flags2)) or all(lower(http.request.headers.names[*])[*] contains 61-62)',
  'len(split(http.host, ".", 3)) gt 2 && concat("a", http.host) ne coalesce(http.referer, "b")',
  'http.request.uri.args["x"][0] strict wildcard "\\x41*" or cf.edge.server_port & 0x10',
  'http.request.uri.path ne raw.http.request.uri.path and not ip.src in $office',
] as const

export type FuzzReport = { readonly runs: number; readonly accepted: number; readonly slowestMillis: number }

/** Runs until the time is over; throws with the expression and the seed at the first broken promise. */
export function fuzzRules(seed: number, runMillis: number, maximumRuns = Number.POSITIVE_INFINITY): FuzzReport {
  const random = makeRandom(seed)
  const contexts = [makeRulesContext(), makeRulesContext(emptyValues()), makeRulesContext(oddValues())]
  const report = { runs: 0, accepted: 0, slowestMillis: 0 }
  const end = performance.now() + runMillis
  while (report.runs < maximumRuns && performance.now() < end) {
    const text = makeText(random)
    report.runs++
    try {
      const start = process.cpuUsage()
      if (checkOne(text, contexts)) report.accepted++
      checkRegex(makePattern(random, 4), ['', 'a', 'ab', 'abc', 'aabbc', 'x\nab c', 'cab', 'bbbbb'])
      const { user, system } = process.cpuUsage(start)
      const millis = (user + system) / 1000
      report.slowestMillis = Math.max(report.slowestMillis, millis)
      if (millis > LIMIT_MILLIS) throw new Error(`took ${millis.toFixed(0)} ms`)
    } catch (cause) {
      throw new Error(`seed ${seed}, run ${report.runs}: ${JSON.stringify(text)}: ${String(cause)}`, { cause })
    }
  }
  return report
}

type Contexts = readonly ReturnType<typeof makeRulesContext>[]

function checkOne(text: string, contexts: Contexts): boolean {
  checkRegex(toLatin1(text), [toLatin1(text)])
  const valueExpression = compileValue(text, rulesScheme)
  if (valueExpression.ok) {
    for (const context of contexts) valueExpression.value.get(context)
    const again = compileValue(valueExpression.value.text, rulesScheme)
    if (!again.ok || again.value.text !== valueExpression.value.text)
      throw new Error('value: printing is no fixed point')
  }
  const filter = compileFilter(text, rulesScheme, { valueFunctionsInFilters: true })
  if (!filter.ok) {
    if (filter.problem.length === 0) throw new Error('refused without a reason')
    for (const { start, end, column, line, text: drawing } of filter.problem) {
      if (start < 0 || end < start || column < 1 || line < 1 || !drawing.includes('^'))
        throw new Error('bad diagnostic')
    }
    return false
  }
  const again = compileFilter(filter.value.text, rulesScheme, { valueFunctionsInFilters: true })
  // Escapes may make the canonical text longer than the limit.
  if (!again.ok && again.problem[0]?.kind === 'too-long') return true
  if (!again.ok) throw new Error(`canonical text is refused: ${filter.value.text}: ${again.problem[0]?.text}`)
  if (again.value.text !== filter.value.text) throw new Error(`printing is no fixed point: ${filter.value.text}`)
  for (const context of contexts) {
    const answer = filter.value.test(context)
    if (typeof answer !== 'boolean') throw new Error(`answered ${String(answer)}`)
    if (answer !== again.value.test(context)) throw new Error(`canonical text answers otherwise: ${filter.value.text}`)
  }
  return true
}

function checkRegex(pattern: string, texts: readonly string[]): void {
  const regex = compileRegex(pattern)
  if (!regex.ok) return
  for (const text of texts) {
    const answer = regex.value.test(text)
    if (answer !== (regex.value.find(text) !== undefined))
      throw new Error(`${pattern} in ${JSON.stringify(text)}: differs`)
    if (!isForPlainEngine(pattern, text)) continue
    if (answer !== new RegExp(pattern).test(text)) throw new Error(`${pattern} in ${JSON.stringify(text)}: is wrong`)
  }
}

/**
 * Made of what both syntaxes have in common, and short enough that a backtracking engine comes to an end.  That one repeats
 * no bare assertion.
 */
function isForPlainEngine(pattern: string, text: string): boolean {
  if (text.length >= 10 || /[*+?][*+]|(?:[$^]|\\[bB])[*+?]/.test(pattern)) return false
  return /^(?:[abc^$|().?:]|\[[abc^-]+\]|[*+]|\\[bBwd])*$/.test(pattern)
}

const ATOMS = [
  'a',
  'b',
  'c',
  'ab',
  '[ab]',
  '[^a]',
  '.',
  '\\b',
  '\\B',
  '\\w',
  '^',
  '$',
  '(?i)B',
  '\\n',
  '[a-c&&[^b]]',
] as const

/** A pattern that is nearly always sound. */
function makePattern(random: () => number, depth: number): string {
  const kind = depth === 0 ? 0 : random()
  if (kind < 0.35) return pick(random, ATOMS)
  if (kind < 0.6) return makePattern(random, depth - 1) + makePattern(random, depth - 1)
  if (kind < 0.75) return `(${makePattern(random, depth - 1)}|${makePattern(random, depth - 1)})`
  return `(?:${makePattern(random, depth - 1)})${pick(random, ['*', '+', '?', '{2}', '{1,3}', '*?', '{2,}'])}`
}

function makeText(random: () => number): string {
  const kind = random()
  if (kind < 0.2) return randomCharacters(random)
  if (kind < 0.6) return mutate(pick(random, TEMPLATES), random)
  const length = 1 + Math.floor(random() * (kind > 0.98 ? 800 : 24))
  const separator = random() < 0.8 ? ' ' : ''
  return Array.from({ length }, () => pick(random, PIECES)).join(separator)
}

function randomCharacters(random: () => number): string {
  const length = Math.floor(random() * (random() < 0.02 ? 5000 : 60))
  return String.fromCharCode(...Array.from({ length }, () => Math.floor(random() * (random() < 0.9 ? 128 : 65_536))))
}

/** A few deletions, insertions and swaps; sometimes none, so that accepted expressions are among them. */
function mutate(template: string, random: () => number): string {
  let text = random() < 0.3 ? `${template} and (${pick(random, TEMPLATES)})` : template
  for (let i = Math.floor(random() * 4); i > 0; i--) {
    const at = Math.floor(random() * text.length)
    const cut = random() < 0.5 ? Math.floor(random() * 4) : 0
    text = text.slice(0, at) + (random() < 0.6 ? pick(random, PIECES) : '') + text.slice(at + cut)
  }
  return text
}

function toLatin1(text: string): string {
  return [...text].map((character) => String.fromCharCode(character.charCodeAt(0) & 0xff)).join('')
}

function emptyValues(): Record<string, Value | undefined> {
  return Object.fromEntries(rulesScheme.fields.map(({ name }) => [name, undefined]))
}

/** Long, empty and extreme values of each type. */
function oddValues(): Record<string, Value | undefined> {
  const odd: Readonly<Record<string, Value>> = {
    Bool: true,
    Int: -9_223_372_036_854_775_808n,
    String: '%25\xff"a+'.repeat(500),
    IP: 2n ** 128n - 1n,
    Array: [],
    Map: new Map(),
  }
  return Object.fromEntries(rulesScheme.fields.map(({ name, type }) => [name, odd[type.kind]]))
}

if (import.meta.main) {
  const seed = Number(process.env.RULES_FUZZ_SEED ?? Date.now() % 2 ** 31)
  const runMillis = Number(process.env.RULES_FUZZ_SECONDS ?? 60) * 1000
  const { runs, accepted, slowestMillis } = fuzzRules(seed, runMillis)
  console.log(`seed ${seed}: ${runs} expressions, ${accepted} accepted, slowest ${slowestMillis.toFixed(1)} ms`)
}
