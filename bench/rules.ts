// What a compiled rule costs.
//
//   npm run bench:rules
//
// Prints nanoseconds for each evaluation of typical filters, microseconds for 300 rules of mixed kinds, what compiling
// takes, and how patterns that blow up backtracking engines behave.  A filter should stay under 100 ns, 300 under 30 us.
// A few seconds in all; run it on a quiet machine.

import { compileFilter, compileRegex, type Filter } from '../src/rules/index.ts'
import { compileRules, makeRuleContext, type StoredRule } from '../src/rulesets/index.ts'
import { makeRuleFacts } from '../test/support/rule-facts.ts'
import { makeRulesContext, rulesScheme } from '../test/support/rules.ts'

const FILTERS = [
  'http.host eq "x" and starts_with(http.request.uri.path, "/a")',
  'http.host eq "Example.COM" and starts_with(http.request.uri.path, "/blog")',
  'http.host in {"a.example" "b.example" "c.example"}',
  'not ssl or cf.edge.server_port in {80 443 8080..8090}',
  'ip.src in {10.0.0.0/8 192.168.0.0/16 192.0.2.0/24 2001:db8::/32}',
  'lower(http.host) wildcard "*.example.com"',
  'any(http.request.headers.names[*] eq "Host")',
  'http.request.uri.args["x"][0] eq "1"',
  'http.request.uri.path contains "/wp-admin"',
  'http.request.uri.path ne raw.http.request.uri.path',
  'http.request.uri.path matches "^/(?:blog|news)/"',
  'http.request.uri.path matches "\\.(?:png|jpg|gif|css|js)$"',
  'http.request.uri.path matches "^/[a-z]+/[a-z0-9-]+\\.html$"',
  'http.user_agent matches "(?i)googlebot|bingbot|yandex"',
] as const

const ROUND_MILLIS = 120
const ROUNDS = 3
const RULES = 300

const context = makeRulesContext({ 'http.host': 'www.example.com' })

function compile(expression: string): Filter {
  const filter = compileFilter(expression, rulesScheme)
  if (!filter.ok) throw new Error(filter.problem[0]?.text)
  return filter.value
}

/** What this process has computed so far: what others compute meanwhile does not count. */
function processorMillis(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Nanoseconds for one call: the best of some rounds, since noise only adds. */
function measure(run: () => boolean): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    let calls = 0
    let hits = 0
    const start = processorMillis()
    let elapsed = 0
    while (elapsed < ROUND_MILLIS) {
      for (let i = 0; i < 1000; i++) if (run()) hits++
      calls += 1000
      elapsed = processorMillis() - start
    }
    if (hits > calls) throw new Error('more hits than calls')
    best = Math.min(best, (elapsed * 1e6) / calls)
  }
  return best
}

function row(value: number, unit: string, what: string): void {
  console.log(`${value.toFixed(value < 10 ? 2 : 0).padStart(9)} ${unit}  ${what}`)
}

for (const expression of FILTERS) {
  const filter = compile(expression)
  row(
    measure(() => filter.test(context)),
    'ns',
    expression,
  )
}

const rules = Array.from({ length: RULES }, (_, i) =>
  compile(`(${FILTERS[i % FILTERS.length]}) and http.host ne "${i}"`),
)
let matched = 0
const sweep = () => {
  for (const rule of rules) if (rule.test(context)) matched++
  return matched > 0
}
row(measure(sweep) / 1000, 'us', `${RULES} rules of these kinds, one after the other`)

phases()

let n = 0
const compiling = measure(
  () => compile(`http.host eq "h${n++}" and starts_with(http.request.uri.path, "/a")`) !== undefined,
)
row(compiling / 1000, 'us', 'compiling the first')
const longest = `http.host in {${'"host.example" '.repeat(270)}}`
row(measure(() => compile(longest) !== undefined) / 1000, 'us', `compiling ${longest.length} characters`)

/** Whole phases over a context of their own for each request, fields computed on demand, as the edge runs them. */
function phases(): void {
  const facts = makeRuleFacts()
  const rule = (expression: string, index: number): StoredRule => ({
    ...{ id: `r${index}`, ref: `r${index}`, description: '', enabled: true, expression },
    action: 'rewrite',
    action_parameters: { headers: { [`x-${index}`]: { operation: 'set', value: 'a' } } },
  })
  const phaseOf = (expressions: readonly string[]) => {
    const rulesets = new Map([['http_request_late_transform', expressions.map(rule)] as const])
    const { requestHeaders, problems } = compileRules({ zoneName: 'example.com', rulesets })
    if (requestHeaders === undefined || problems.length > 0) throw new Error(problems[0])
    return () => requestHeaders.run(makeRuleContext(facts), []) !== null
  }
  const repeat = (make: (index: number) => string) => Array.from({ length: RULES }, (_, index) => make(index))
  const one = 'http.host eq "www.example.com" and starts_with(http.request.uri.path, "/a")'
  row(measure(phaseOf([one])), 'ns', 'a phase of one rule, its context included')
  row(measure(phaseOf(['true'])), 'ns', 'a phase of one rule that matches everything')
  row(
    measure(phaseOf(repeat((index) => `(${FILTERS[index % FILTERS.length]}) and http.host ne "${index}"`))) / 1000,
    'us',
    `a phase of ${RULES} rules of mixed kinds`,
  )
  row(
    measure(phaseOf(repeat((index) => `http.host eq "h${index}.example" and ssl`))) / 1000,
    'us',
    `a phase of ${RULES} rules for a host each, by index`,
  )
  row(
    measure(phaseOf(repeat((index) => `(http.host eq "h${index}.example" and ssl) or http.host eq lower(http.host)`))) /
      1000,
    'us',
    `a phase of ${RULES} rules that all match`,
  )
}

for (const [pattern, text] of [
  ['(a+)+$', `${'a'.repeat(4095)}b`],
  ['(x+x+)+y', 'x'.repeat(4096)],
  ['(.*a){20}$', `${'a'.repeat(4095)}b`],
] as const) {
  const start = performance.now()
  const regex = compileRegex(pattern)
  if (!regex.ok) throw new Error(regex.problem)
  regex.value.test(text)
  const first = performance.now() - start
  row(
    measure(() => regex.value.test(text)) / 1e6,
    'ms',
    `${pattern} on ${text.length} bytes; compiling and the first run: ${first.toFixed(1)} ms`,
  )
}
