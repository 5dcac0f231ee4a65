// `varyant rules check`: expressions and files of rules, judged on the command line.

import { describe, expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeScratch } from '../support/index.ts'

const LAUNCHER = fileURLToPath(new URL('../../bin/varyant.js', import.meta.url))

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

async function check(...args: readonly string[]): Promise<Ended> {
  const child = Bun.spawn(['node', LAUNCHER, 'rules', 'check', ...args], { stdout: 'pipe', stderr: 'pipe' })
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()])
  await child.exited
  return { code: child.exitCode, stdout, stderr }
}

const REQUEST = ['--request', 'GET https://www.example.com/blog/a.html?x=1', '--header', 'Accept-Language: pt']

describe('an expression', () => {
  test('that is right is printed in its canonical form, with what it uses and what it answers', async () => {
    const text =
      'http.host=="www.example.com"and(lower(http.request.uri.path) contains "blog")and ip.src.country ne "PT"'
    expect(await check(text, ...REQUEST)).toEqual({
      code: 0,
      stdout: [
        'expression  http.host eq "www.example.com" and (lower(http.request.uri.path) contains "blog") and ip.src.country ne "PT"',
        'type        Bool',
        'fields      http.host, http.request.uri.path, ip.src.country',
        'functions   lower',
        'warning     ip.src.country is missing until edge.geoip names a database of addresses',
        'request     does not match',
        '',
      ].join('\n'),
      stderr: '',
    })
  })

  test('that is wrong is drawn, on stderr, with every mistake', async () => {
    expect(await check('http.hots eq "a" or lower(ip.src) eq "b"')).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        'Filter parsing error (1:1):',
        'http.hots eq "a" or lower(ip.src) eq "b"',
        '^^^^^^^^^ unknown identifier; did you mean http.host?',
        'Filter parsing error (1:27):',
        'http.hots eq "a" or lower(ip.src) eq "b"',
        '                          ^^^^^^ invalid type of argument #0: expected value of type String, but got IP',
        '',
      ].join('\n'),
    })
  })

  test('that computes a value answers it', async () => {
    const { code, stdout } = await check('concat(http.host, http.request.uri.path)', '--value', ...REQUEST)
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, 'request     "www.example.com/blog/a.html"'])
  })

  test('is judged for the phase that is named', async () => {
    const phase = ['--phase', 'http_request_transform']
    expect((await check('http.response.code eq 404', ...phase)).code).toBe(2)
    const response = ['--phase', 'http_response_headers_transform', ...REQUEST, '--status', '404']
    expect((await check('http.response.code eq 404', ...response)).stdout).toContain('request     matches\n')
  })

  test('can be had as JSON, right or wrong', async () => {
    const right = await check('ssl', '--json', ...REQUEST)
    expect(JSON.parse(right.stdout)).toEqual({
      ...{ ok: true, canonical: 'ssl', type: 'Bool', fields: ['ssl'], functions: [], warnings: [], answer: 'matches' },
    })
    const wrong = await check('sslx', '--json')
    expect([wrong.code, JSON.parse(wrong.stdout)]).toEqual([
      2,
      { ok: false, problems: [expect.objectContaining({ kind: 'unknown-identifier', line: 1, column: 1 })] },
    ])
  })
})

describe('a file', () => {
  const HEADERS = { 'access-control-allow-origin': { operation: 'set', value: '*' } }
  const CORS = {
    action: 'rewrite',
    expression: 'http.host eq "www.example.com"',
    action_parameters: { headers: HEADERS },
  }

  const PHASE = 'http_response_headers_transform'

  /** Judges a file with this content. */
  async function checkFile(content: unknown, ...args: readonly string[]): Promise<Ended> {
    await using scratch = await makeScratch()
    const path = join(scratch.path, 'file')
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
    return await check(path, ...args)
  }

  test('with an expression is judged as one', async () => {
    expect((await checkFile('ssl\n')).stdout).toStartWith('expression  ssl\n')
  })

  test('with a list of rules is judged for the phase that is named, and each rule for the request', async () => {
    const list = [CORS, { ...CORS, expression: 'ssl and true' }, { ...CORS, enabled: false }]
    expect(await checkFile(list, '--phase', PHASE, '--request', 'GET http://www.example.com/')).toEqual({
      code: 0,
      stdout: '[0] matches: http.host eq "www.example.com"\n[1] does not match: ssl and true\n2 rules are right\n',
      stderr: '',
    })
  })

  test('with a ruleset is judged for its own phase', async () => {
    const bad = { ...CORS, action_parameters: { headers: { 'cf-ray': { operation: 'remove' } } } }
    expect(await checkFile({ phase: PHASE, rules: [CORS, bad] })).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'rules[1].action_parameters.headers.cf-ray: cf-ray is protected: fields that begin with cf- or x-cf- belong to the edge\n',
    })
  })

  test('with a configuration is judged zone by zone, and told what may not do what it says', async () => {
    const zones = [{ name: 'example.com', rulesets: { [PHASE]: [{ ...CORS, expression: 'cf.client.bot' }] } }]
    expect(await checkFile({ zones })).toEqual({
      code: 0,
      stdout: '1 rule is right\n',
      stderr: `zones[0].rulesets.${PHASE}: warning: rule 1: cf.client.bot cannot be known here, and is always false\n`,
    })
  })

  test.each([
    ['a list without a phase', [], 'varyant: a list of rules has no phase; name it with --phase\n'],
    ['a ruleset without one', { rules: [] }, 'varyant: the ruleset has no phase; name it with --phase\n'],
    ['something else', { a: 1 }, 'the file has no rules'],
    ['half a document', '{', 'the file is no JSON'],
  ])('with %s is refused', async (_, content, sentence) => {
    const { code, stderr } = await checkFile(content)
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)])
  })
})

test.each([
  [['rules'], 'rules: "" is not something to do; use "varyant rules check"'],
  [['rules', 'check'], 'rules check: give one file or one expression, in quotes'],
  [['rules', 'check', 'ssl', '--phase', 'x'], '--phase: "x" is no phase; use one of http_request_dynamic_redirect,'],
  [['rules', 'check', 'ssl', '--ip', '192.0.2.1'], '--request is missing'],
])('the command %j is refused', async (args, sentence) => {
  const child = Bun.spawn(['node', LAUNCHER, ...args], { stdout: 'pipe', stderr: 'pipe' })
  expect([await child.stderr.text(), await child.stdout.text(), await child.exited]).toEqual([
    expect.stringContaining(`varyant: ${sentence}`),
    '',
    2,
  ])
})

test('a configuration with a wrong rule starts nothing: exit code 2, the place, and the drawing', async () => {
  await using scratch = await makeScratch()
  const rule = {
    action: 'rewrite',
    expression: 'http.host eq "a" and',
    action_parameters: { headers: { a: { operation: 'remove' } } },
  }
  const rulesets = { http_response_headers_transform: [rule] }
  const path = join(scratch.path, 'varyant.json')
  writeFileSync(
    path,
    JSON.stringify({ zones: [{ name: 'example.com', origins: { '*': 'http://127.0.0.1:1' }, rulesets }] }),
  )
  const args = ['start', '--config', path, '--listen', '127.0.0.1:0', '--api', '127.0.0.1:0', '--data', scratch.path]
  const child = Bun.spawn(['node', LAUNCHER, ...args], { stdout: 'pipe', stderr: 'pipe' })
  expect([await child.stdout.text(), await child.stderr.text(), await child.exited]).toEqual([
    '',
    [
      'varyant: zones[0].rulesets.http_response_headers_transform[0].expression: "http.host eq \\"a\\" and" is not a valid value for expression because could not parse filter expression: Filter parsing error (1:21):',
      'http.host eq "a" and',
      '                    ^ expected identifier character',
      '',
    ].join('\n'),
    2,
  ])
})
