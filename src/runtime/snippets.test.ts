// Snippets: one after the other, each with the request of the one before, then the Worker; and their limits.
// CF rules/snippets/how-it-works, rules/snippets/errors

import { describe, expect, test } from 'bun:test'
import type { Script } from '../scripts/index.ts'
import { makeScript, makeVisit, makeZone, startRuntime, told } from './runtime.fixture.ts'

const snippet = (name: string, body: string): Script =>
  makeScript(`export default { async fetch(request) { ${body} } }`, { kind: 'snippet', name })

/** Says its name in the request, and again in the answer. */
const marker = (name: string): string => `
  const changed = new Request(request)
  changed.headers.append('x-in', '${name}')
  const answer = await fetch(changed)
  const marked = new Response(answer.body, answer)
  marked.headers.append('x-out', '${name}')
  return marked`

const worker = makeScript(`export default { async fetch(request) { ${marker('worker')} } }`)

describe('a chain', () => {
  test('passes the request on in order, and the answer back in the other', async () => {
    const zone = makeZone('example.com', worker, [snippet('a', marker('a')), snippet('b', marker('b'))])
    await using edge = startRuntime([zone])
    const outcome = await edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x'))
    if (outcome.kind === 'failed') throw new Error(outcome.fault)
    expect(edge.subrequests[0]?.headers.get('x-in')).toBe('a, b, worker')
    expect(outcome.response.headers.get('x-out')).toBe('worker, b, a')
    expect(edge.fetched).toEqual(['zone GET https://example.com/x'])
  })

  test('ends where a snippet answers by itself', async () => {
    const zone = makeZone('example.com', worker, [
      snippet('a', 'return new Response("mine")'),
      snippet('b', marker('b')),
    ])
    await using edge = startRuntime([zone])
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))).toEqual([200, 'mine'])
    expect(edge.fetched).toEqual([])
  })

  test('has the content of a POST at its end', async () => {
    const zone = makeZone('example.com', undefined, [snippet('a', marker('a')), snippet('b', marker('b'))])
    await using edge = startRuntime([zone])
    edge.answer = async ({ request }) => new Response(`${request.method} ${await request.text()}`)
    const visit = makeVisit(zone, 'https://example.com/x', { method: 'POST', body: new Response('content').body })
    expect(await told(edge.runtime.dispatch(visit))).toEqual([200, 'POST content'])
  })

  test('keeps apart what a snippet fetches beside it', async () => {
    const side = "await fetch('https://example.net/side'); await fetch('https://example.com/side');"
    const zone = makeZone('example.com', worker, [snippet('a', side + marker('a'))])
    await using edge = startRuntime([zone])
    await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))
    expect(edge.fetched).toEqual([
      'outside GET https://example.net/side',
      'zone GET https://example.com/side',
      'zone GET https://example.com/x',
    ])
    expect(edge.subrequests[2]?.headers.get('x-in')).toBe('a, worker')
  })

  test('takes the cf options of a stage to its end', async () => {
    const zone = makeZone('example.com', undefined, [
      snippet('a', 'return fetch(request, { cf: { cacheKey: "mine" } })'),
      snippet('b', marker('b')),
    ])
    await using edge = startRuntime([zone])
    await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))
    expect(edge.subrequests[0]?.knobs.cacheKey).toBe('mine')
  })

  test('shows the next snippet the answer of a Worker that threw as an error', async () => {
    const thrower = makeScript('export default { fetch() { throw new Error("x") } }')
    const zone = makeZone('example.com', thrower, [snippet('a', 'return fetch(request)')])
    await using edge = startRuntime([zone])
    const [status, text] = await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))
    expect([status, text]).toEqual([500, 'error code: 1101\n'])
  })
})

describe('a snippet that', () => {
  const many = (count: number, url: string) =>
    `for (let i = 0; i < ${count}; i++) await fetch('${url}' + i); return fetch(request)`
  test.each([
    [
      'passes its request on twice fails (1201)',
      'await fetch(request); return fetch(request)',
      ['snippet-continued-twice'],
    ],
    ['makes five subrequests is served', many(5, 'https://example.net/'), [200, 'from the gateway']],
    ['makes six fails (1202)', many(6, 'https://example.net/'), ['snippet-subrequests']],
    ['makes six of its own zone fails', many(6, 'https://example.com/'), ['snippet-subrequests']],
    [
      'hides that it failed fails all the same',
      'try { await fetch(request); await fetch(request) } catch {} return new Response("ok")',
      ['snippet-continued-twice'],
    ],
    ['throws fails (1206)', 'throw new Error("x")', ['snippet-exception']],
    ['has no handler fails (1206)', '}, async other() {', ['snippet-exception']],
  ])('%s', async (_title, body, expected) => {
    const zone = makeZone('example.com', undefined, [snippet('a', body)])
    await using edge = startRuntime([zone])
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))).toEqual(expected)
  })

  test('follows a redirect pays for each hop', async () => {
    const zone = makeZone('example.com', undefined, [
      snippet('a', 'await fetch("https://example.net/0"); return fetch(request)'),
    ])
    await using edge = startRuntime([zone])
    let hop = 0
    edge.answer = () => {
      hop += 1
      return new Response(null, { status: 302, headers: { location: `/${hop}` } })
    }
    expect(await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))).toEqual(['snippet-subrequests'])
    expect(edge.fetched.length).toBe(5)
  })

  test('is limited in each visit by itself', async () => {
    const zone = makeZone('example.com', undefined, [snippet('a', many(4, 'https://example.net/'))])
    await using edge = startRuntime([zone])
    const visits = Array.from({ length: 5 }, () =>
      told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x'))),
    )
    expect((await Promise.all(visits)).map(([status]) => status)).toEqual([200, 200, 200, 200, 200])
  })
})

test('a snippet has neither bindings nor logs, but the Cache API and HTMLRewriter', async () => {
  const zone = makeZone('example.com', undefined, [
    makeScript(
      `export default { async fetch(request, env) {
        return Response.json([Object.keys(env), typeof caches.default.match, typeof HTMLRewriter, request.cf.colo]) } }`,
      { kind: 'snippet' },
    ),
  ])
  await using edge = startRuntime([zone])
  const [, text] = await told(edge.runtime.dispatch(makeVisit(zone, 'https://example.com/x')))
  expect(JSON.parse(String(text))).toEqual([[], 'function', 'function', 'VAR'])
})
