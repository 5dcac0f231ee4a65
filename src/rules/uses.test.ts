import { describe, expect, test } from 'bun:test'
import { rulesScheme } from '../../test/support/rules.ts'
import { compileFilter, compileValue } from './compile.ts'
import { IP } from './types.ts'

function compile(expression: string) {
  const filter = compileFilter(expression, rulesScheme)
  if (!filter.ok) throw new Error(filter.problem[0]?.text)
  return filter.value
}

test('fields, functions and lists that a filter uses, wherever they stand', () => {
  const { uses } = compile(
    'http.host eq lower(http.referer) and (ssl or any(lower(http.request.headers.names[*])[*] eq "a")) and ip.src in $office',
  )
  expect([...uses.fields]).toEqual(['http.host', 'http.referer', 'ssl', 'http.request.headers.names', 'ip.src'])
  expect([...uses.functions]).toEqual([['lower', 2]])
  expect(uses.lists).toEqual([{ name: 'office', type: IP }])
})

test('fields and functions that a value expression uses', () => {
  const compiled = compileValue('concat("/", lower(http.host), http.request.uri.args["x"][0])', rulesScheme)
  expect(compiled.ok && [...compiled.value.uses.fields]).toEqual(['http.host', 'http.request.uri.args'])
  expect(compiled.ok && [...compiled.value.uses.functions.keys()]).toEqual(['concat', 'lower'])
})

describe('the only values of a field for which a filter can be true', () => {
  test.each([
    ['http.host eq "a"', ['a']],
    ['(http.host eq "a")', ['a']],
    ['http.host in {"a" "b"}', ['a', 'b']],
    ['http.host in {}', []],
    ['http.host eq "a" and ssl', ['a']],
    ['ssl and http.host eq "a"', ['a']],
    ['http.host eq "a" or http.host eq "b"', ['a', 'b']],
    ['(http.host eq "a" and ssl) or http.host in {"b" "c"}', ['a', 'b', 'c']],
    ['http.host eq "a" or ssl', undefined],
    ['not http.host eq "a"', undefined],
    ['http.host ne "a"', undefined],
    ['http.host eq "a" xor ssl', undefined],
    ['lower(http.host) eq "a"', undefined],
    ['http.host eq lower(http.host)', undefined],
    ['http.referer eq "a"', undefined],
    ['http.host contains "a"', undefined],
  ] as const)('%s', (expression, values) => {
    const found = compile(expression).necessaryValues('http.host')
    expect(found && [...found]).toEqual(values as string[] | undefined)
  })
})

describe('the canonical text', () => {
  test.each([
    ['ssl&&!ssl||ssl^^ssl', 'ssl and not ssl or ssl xor ssl'],
    ['cf.edge.server_port  ==  0x10', 'cf.edge.server_port eq 16'],
    ['http.host~"a"', 'http.host matches "a"'],
    ['http.host matches "\\\\d\\""', 'http.host matches r#"\\\\d""#'],
    ['http.host matches r#"[a"]"#', 'http.host matches r#"[a"]"#'],
    ['http.host eq r"a\\b"', 'http.host eq "a\\\\b"'],
    ['http.host eq ff:00', 'http.host eq "\\xFF\\x00"'],
    ['http.host eq "\u00e9\n"', 'http.host eq "\u00e9\\x0A"'],
    ['ip.src in {2001:DB8:0:0:0:0:0:0/32 ::ffff:1.2.3.4}', 'ip.src in {2001:db8::/32 ::ffff:102:304}'],
    ['any( lower( http.request.headers.names[ * ] )[*]=="a" )', 'any(lower(http.request.headers.names[*])[*] eq "a")'],
    ['http.request.uri.args[ "x" ][ 01 ] eq "a"', 'http.request.uri.args["x"][1] eq "a"'],
  ])('%s', (expression, text) => {
    expect(compile(expression).text).toBe(text)
    expect(compile(text).text).toBe(text)
  })
})

test('no expression is longer than 4,096 characters', () => {
  const ofLength = (length: number) => `http.host eq "${'\u00e9'.repeat(length - 15)}"`
  expect(compileFilter(ofLength(4096), rulesScheme).ok).toBe(true)
  const longer = compileFilter(ofLength(4097), rulesScheme)
  expect(longer.ok ? [] : longer.problem.map(({ kind }) => kind)).toEqual(['too-long'])
})

test('the example of every function compiles', () => {
  const compiles = (example: string) =>
    compileFilter(example, rulesScheme, { valueFunctionsInFilters: true }).ok || compileValue(example, rulesScheme).ok
  const broken = rulesScheme.functions.filter(({ example }) => !compiles(example))
  expect(broken.map(({ example }) => example)).toEqual([])
})
