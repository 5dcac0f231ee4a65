// The corpus derived from Cloudflare's engine: short names stand for the full ones, `reads` is the canonical text.

import { describe, expect, test } from 'bun:test'
import { makeRulesContext, rulesScheme } from '../../test/support/rules.ts'
import { compileFilter, compileValue } from './compile.ts'
import type { ProblemKind } from './diagnostic.ts'

const NAMES: Readonly<Record<string, string>> = {
  H: 'http.host',
  P: 'cf.edge.server_port',
  S: 'ip.src',
  N: 'http.request.headers.names',
  HD: 'http.request.headers',
}

/** Spells short names out, outside of quotes. */
function spellOut(short: string): string {
  return short.replace(/"(?:\\.|[^"\\])*"|\b[A-Z]{1,2}\b(?!")/g, (word) => NAMES[word] ?? word)
}

const context = makeRulesContext()

const GOOD: readonly (readonly [expression: string, reads: string, value: boolean])[] = [
  ['ssl or ssl and not ssl', 'ssl or ssl and not ssl', true],
  ['ssl xor ssl or ssl', 'ssl xor ssl or ssl', true],
  ['ssl xor ssl and not ssl', 'ssl xor ssl and not ssl', true],
  ['not ssl and ssl', 'not ssl and ssl', false],
  ['not H eq "x"', 'not H eq "x"', true],
  ['not P in {80 443}', 'not P in {80 443}', false],
  ['! ! ssl', 'not not ssl', true],
  ['not not ssl', 'not not ssl', true],
  ['notssl', 'not ssl', false],
  ['ssl andssl', 'ssl and ssl', true],
  ['(ssl)and(ssl)', '(ssl) and (ssl)', true],
  ['ssl and!ssl', 'ssl and not ssl', false],
  ['P eq443', 'P eq 443', true],
  ['P==443', 'P eq 443', true],
  ['P == 0x1BB', 'P eq 443', true],
  ['P == 0673', 'P eq 443', true],
  ['P == 80or ssl', 'P eq 80 or ssl', true],
  ['P & 1', 'P bitwise_and 1', true],
  ['P bitwise_and 0x2', 'P bitwise_and 2', true],
  ['P in {1..1023 8080}', 'P in {1..1023 8080}', true],
  ['P in{80 443}', 'P in {80 443}', true],
  ['P in {}', 'P in {}', false],
  ['H eq "\\x41\\102\\"\\\\"', 'H eq "AB\\"\\\\"', false],
  ['H eq r##"a"#b"##', 'H eq "a\\"#b"', false],
  ['H eq 61-62.63', 'H eq "abc"', false],
  ['H in {"a""b"}', 'H in {"a" "b"}', false],
  ['H in {r"a" r#"b"#}', 'H in {"a" "b"}', false],
  ['H contains ""', 'H contains ""', true],
  ['H wildcard "*.com"', 'H wildcard "*.com"', true],
  ['H strict wildcard "*.com"', 'H strict wildcard "*.com"', false],
  ['S in {192.0.2.0/24}', 'S in {192.0.2.0/24}', true],
  ['S in {192.0.2.1..192.0.2.9 2001:db8::/32}', 'S in {192.0.2.1..192.0.2.9 2001:db8::/32}', true],
  ['S ne ::1', 'S ne ::1', true],
  ['S > ::1', 'S gt ::1', false],
  ['S in $office_1.sub', 'S in $office_1.sub', false],
  ['not S in $cf.open_proxies', 'not S in $cf.open_proxies', true],
  ['N[ 0 ] eq "Accept"', 'N[0] eq "Accept"', true],
  // CF documents false for `ne` on a missing value; the open engine's default is true.
  ['N[99] ne "Host"', 'N[99] ne "Host"', false],
  ['any(N[*] eq "Accept")', 'any(N[*] eq "Accept")', true],
  ['all(N[*] eq "Accept")', 'all(N[*] eq "Accept")', false],
  ['any((flags or flags2))', 'any((flags or flags2))', true],
  ['any((flags and flags2))', 'any((flags and flags2))', false],
  ['any(not N[*] == "Accept" and N[*] == "Host")', 'any(not N[*] eq "Accept" and N[*] eq "Host")', true],
  ['any((flags[*]))', 'any((flags[*]))', true],
  ['any(not flags[*])', 'any(not flags[*])', true],
  ['(any(flags)) and ssl', '(any(flags)) and ssl', true],
  ['H eq lower(H)', 'H eq lower(H)', false],
  ['concat(HD["x"][0], "tail") eq "tail"', 'concat(HD["x"][0], "tail") eq "tail"', true],
  ['substring(H, 010) eq "COM"', 'substring(H, 8) eq "COM"', true],
  ['substring(H, -1) eq "M"', 'substring(H, -1) eq "M"', true],
  ['any(starts_with(N[*], "A"))', 'any(starts_with(N[*], "A"))', true],
]

describe('the engine accepts, reads and answers', () => {
  test.each(GOOD)('%s', (short, reads, value) => {
    const filter = compileFilter(spellOut(short), rulesScheme)
    if (!filter.ok) throw new Error(filter.problem.map(({ text }) => text).join(''))
    expect(filter.value.text).toBe(spellOut(reads))
    expect(filter.value.test(context)).toBe(value)
  })
})

const BAD: readonly (readonly [expression: string, kind: ProblemKind, column?: number])[] = [
  ['sslandssl', 'unknown-identifier', 1],
  ['ssl and', 'expected-name', 8],
  ['()', 'expected-name', 2],
  ['(ssl', 'expected-token', 5],
  ['ssl)', 'trailing-input', 4],
  ['ssl # note', 'trailing-input', 4],
  ['', 'expected-name', 1],
  ['P == 0X1BB', 'trailing-input'],
  ['P == 80and ssl', 'bad-number'],
  ['P contains "4"', 'unsupported-operator'],
  ['P in {1 .. 10}', 'expected-digit'],
  ['P in {80,443}', 'expected-digit'],
  ['P in {10..1}', 'bad-range'],
  ['P not in {80}', 'expected-operator'],
  ['P in 80', 'expected-token'],
  ['H eq "\\n"', 'bad-escape', 16],
  ['H eq "\\u0041"', 'bad-escape', 16],
  ['H eq "\\400"', 'bad-number'],
  ['H eq "\\xZZ"', 'bad-number'],
  ['H eq "open', 'unclosed-quote'],
  ['H eq r#"a"', 'unclosed-quote'],
  ["H eq 'a'", 'bad-number'],
  ['H eq R"a"', 'bad-number'],
  ['H eq 61', 'expected-token'],
  ['H == "a" == "b"', 'trailing-input'],
  ['H contains {"a"}', 'bad-number'],
  ['H strict  wildcard "x"', 'expected-operator'],
  ['H strictwildcard "x"', 'expected-operator'],
  ['H wildcard 61:62', 'expected-token'],
  ['S in {192.0.2.1/24}', 'bad-address'],
  ['S in {192.0.2.0/33}', 'bad-address'],
  ['S in {192.0.2.1..2001:db8::1}', 'bad-range'],
  ['S == "192.0.2.1"', 'expected-token'],
  ['S in $Office', 'bad-list-name'],
  ['S in $office.', 'bad-list-name'],
  ['S in $', 'bad-list-name'],
  ['HD[0] eq "a"', 'bad-index'],
  ['N["x"] eq "a"', 'bad-index'],
  ['N [0] eq "Accept"', 'expected-operator'],
  ['N[-1] eq "a"', 'index-syntax'],
  ['HD[r"h"][0] eq "a"', 'index-syntax'],
  ['HD[h][0] eq "a"', 'index-syntax'],
  ['N[4294967296] eq "a"', 'index-syntax'],
  ['N[*] eq "Accept"', 'type-mismatch'],
  ['any(flags or flags2)', 'expected-token'],
  ['any(ssl)', 'type-mismatch'],
  ['any("x")', 'type-mismatch'],
  ['flags', 'type-mismatch'],
  ['any(any(flags))', 'type-mismatch'],
  ['any(flags) eq true', 'trailing-input'],
  ['any(flags[*])', 'type-mismatch'],
  // The open engine accepts this and panics when it runs.
  ['any(mba[*])', 'type-mismatch'],
  ['any((N[*] == "Accept") or ssl)', 'type-mismatch'],
  ['lower() eq "a"', 'argument-count'],
  ['lower(H, "x") eq "a"', 'argument-count'],
  ['lower("ABC") eq "a"', 'argument-kind'],
  ['starts_with(H, H)', 'argument-kind'],
  ['lower(S) eq "a"', 'argument-type'],
  ['concat("a", 1) eq "a"', 'argument-type'],
  ['starts_with(H, "a") eq true', 'trailing-input'],
  ['H starts_with "a"', 'expected-operator'],
  ['any(concat("x", N[*])[*] == "xHost")', 'map-each'],
  ['substring(H, 0x10) eq "a"', 'unknown-identifier'],
  ['unknown(H)', 'unknown-identifier', 1],
  ['http.host. eq "x"', 'expected-name', 11],
  ['http..host eq "x"', 'expected-name', 6],
  ['starts_with(N[*], "A")', 'type-mismatch'],
]

describe('the engine refuses', () => {
  test.each(BAD.map(([short, kind, column]) => [short, kind, column ?? 0] as const))(
    '%s: %s',
    (short, kind, column) => {
      const filter = compileFilter(spellOut(short), rulesScheme)
      const [first] = filter.ok ? [] : filter.problem
      expect(first?.kind).toBe(kind)
      if (column > 0) expect(first?.column).toBe(column)
    },
  )
})

describe('a value expression', () => {
  test.each([
    ['http.host', 'Example.COM'],
    ['concat("/", http.host)', '/Example.COM'],
  ])('%s is a String', (expression, value) => {
    const compiled = compileValue(expression, rulesScheme)
    expect(compiled.ok && compiled.value.get(context)).toBe(value)
  })

  test.each(['"literal"', '42', '(http.host)', 'not ssl', 'any(flags)', 'http.request.headers.names[*]'])(
    '%s is none',
    (expression) => {
      expect(compileValue(expression, rulesScheme).ok).toBe(false)
    },
  )
})

describe('"Nesting limit 128: each (, each not, each call and each quantifier adds one"', () => {
  const deep: readonly (readonly [string, (n: number) => string])[] = [
    ['parentheses', (n) => `${'('.repeat(n)}ssl${')'.repeat(n)}`],
    ['not', (n) => `${'!'.repeat(n)}ssl`],
    ['calls', (n) => `${'lower('.repeat(n)}http.host${')'.repeat(n)} eq "x"`],
    ['a quantifier and parentheses', (n) => `any(${'('.repeat(n - 1)}flags${')'.repeat(n - 1)})`],
  ]
  test.each(deep)('%s', (_name, make) => {
    expect(compileFilter(make(128), rulesScheme).ok).toBe(true)
    const deeper = compileFilter(make(129), rulesScheme)
    expect(deeper.ok ? [] : deeper.problem.map(({ kind }) => kind)).toEqual(['nesting'])
  })
})
