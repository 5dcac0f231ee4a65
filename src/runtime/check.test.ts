// Checks of uploads on the real workerd: what is found out, and what is refused and how it is said.

import { describe, expect, test } from 'bun:test'
import { millis } from '../base/index.ts'
import { makeModule, makeScript, startRuntime } from './runtime.fixture.ts'

describe('a script that starts tells what it handles', () => {
  test.each([
    ['an object', 'export default { fetch() {}, scheduled() {} }', ['fetch', 'scheduled']],
    [
      'a class',
      'import { WorkerEntrypoint } from "cloudflare:workers"; export default class extends WorkerEntrypoint { fetch() {} }',
      ['fetch'],
    ],
    ['nothing', 'export const a = 1', []],
  ])('%s', async (_title, source, handlers) => {
    await using edge = startRuntime([])
    expect(await edge.runtime.validate(makeScript(source))).toEqual({
      ok: true,
      value: { startupMillis: expect.any(Number), handlers },
    })
  })

  test('in the older syntax', async () => {
    await using edge = startRuntime([])
    const source = 'addEventListener("fetch", (event) => event.respondWith(new Response("x")))'
    const script = makeScript('', { modules: [makeModule('index.js', source, 'script')] })
    expect(await edge.runtime.validate(script)).toMatchObject({ ok: true, value: { handlers: ['fetch'] } })
  })
})

describe('a script is refused that', () => {
  test.each([
    ['has a syntax error', 'export default {\n fetch( { }', {}, /^Uncaught SyntaxError: .*\n {2}at index\.js:2:11$/],
    ['throws at its top level', 'throw new TypeError("no")', {}, /^Uncaught TypeError: no\n {2}at index\.js:1:7$/],
    ['imports what is not there', 'import "./nothing.js"', {}, /No such module "nothing\.js"/],
    ['is from the future', '', { compatibilityDate: '2999-01-01' }, /requires compatibility date "2999-01-01"/],
    ['wants an unknown flag', '', { compatibilityFlags: ['nope'] }, /No such compatibility flag: nope/],
  ])('%s', async (_title, source, parts, message) => {
    await using edge = startRuntime([])
    expect(await edge.runtime.validate(makeScript(source, parts))).toEqual({
      ok: false,
      problem: { message: expect.stringMatching(message) },
    })
  })

  test('never finishes its top level', async () => {
    await using edge = startRuntime([], { checkLimit: millis(700) })
    expect(await edge.runtime.validate(makeScript('while (true) {}'))).toEqual({
      ok: false,
      problem: { message: expect.stringContaining('Script startup exceeded the limit of 0.7 s') },
    })
  })
})
