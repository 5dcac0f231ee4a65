// A Snippet that defines CORS headers: the six points of the example's behaviour.  CF rules/snippets/examples/define-cors-headers

import { describe, expect, test } from 'bun:test'
import { headerRule, play, putSnippets, type Scene, setRules, startScene } from '../support/edge/index.ts'

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
  'access-control-allow-headers': 'Content-Type, Authorization',
  'access-control-max-age': '86400',
}

const SNIPPET = `
const CORS = ${JSON.stringify(CORS)}
export default {
  async fetch(request) {
    if (request.method === 'OPTIONS') return new Response(null, { headers: CORS })
    const answer = await fetch(request)
    const response = new Response(answer.body, answer)
    for (const [name, value] of Object.entries(CORS)) response.headers.set(name, value)
    return response
  },
}
`

async function startWithSnippet(): Promise<Scene> {
  const scene = await startScene({ cache: { cache: true } })
  scene.origin.on('*', { body: 'x' })
  await putSnippets(scene, { cors: SNIPPET })
  return scene
}

describe('the snippet', () => {
  test('1: answers every OPTIONS with 200 and its four fields, and asks nobody', async () => {
    await using scene = await startWithSnippet()
    for (const fields of [[], [['Origin', 'https://page.example'] as const]]) {
      const answer = await scene.request('/a', { method: 'OPTIONS', fields })
      expect([answer.status, answer.text]).toEqual([200, ''])
      for (const [name, value] of Object.entries(CORS)) expect(answer.fields.all(name)).toEqual([value])
    }
    expect(scene.origin.requests.length).toBe(0)
  })

  test('2: keeps status, content and fields of any other answer, and sets its own over the origin’s', async () => {
    await using scene = await startWithSnippet()
    scene.origin.on('/a', {
      status: 404,
      fields: [
        ['Access-Control-Allow-Origin', 'https://other.example'],
        ['X-A', 'b'],
      ],
      body: 'none',
    })
    const answer = await scene.get('/a')
    expect([answer.status, answer.text, answer.field('x-a')]).toEqual([404, 'none', 'b'])
    for (const [name, value] of Object.entries(CORS)) expect(answer.fields.all(name)).toEqual([value])
  })

  test('3: has the fields of a preflight on every answer', async () => {
    await using scene = await startWithSnippet()
    await play(scene, [{ get: '/a', method: 'POST', has: CORS }])
  })

  test('4: adds neither Vary nor credentials', async () => {
    await using scene = await startWithSnippet()
    const none = { vary: null, 'access-control-allow-credentials': null, 'access-control-expose-headers': null }
    await play(scene, [{ get: '/a', has: none, fields: [['Origin', 'https://page.example']] }])
  })

  test('5: says the same to a preflight that it does not allow: the browser blocks', async () => {
    await using scene = await startWithSnippet()
    const fields = [
      ['Origin', 'https://page.example'],
      ['Access-Control-Request-Method', 'PATCH'],
    ] as const
    await play(scene, [{ get: '/a', method: 'OPTIONS', fields, has: CORS }])
  })

  test('6: edits what goes out and not what is stored; a response rule may edit it again', async () => {
    await using scene = await startWithSnippet()
    scene.origin.on('/a', { fields: [['Cache-Control', 'max-age=60']], body: 'x' })
    await play(scene, [
      { get: '/a', cache: 'MISS', has: CORS },
      { get: '/a', cache: 'HIT', has: CORS, origin: 1 },
    ])
    await setRules(
      scene,
      'http_response_headers_transform',
      headerRule({ 'access-control-allow-origin': { operation: 'set', value: 'https://only.example' } }),
    )
    await play(scene, [{ get: '/a', cache: 'HIT', has: { 'access-control-allow-origin': 'https://only.example' } }])
    await putSnippets(scene, {})
    await setRules(scene, 'http_response_headers_transform')
    await play(scene, [{ get: '/a', cache: 'HIT', has: { 'access-control-allow-origin': null }, origin: 1 }])
  })
})

describe('snippets', () => {
  const stamp = (name: string) => `export default { async fetch(request) {
    const changed = new Request(request)
    changed.headers.append('x-in', '${name}')
    const answer = await fetch(changed)
    const response = new Response(answer.body, answer)
    response.headers.append('x-out', '${name}')
    return response
  } }`

  test('run where their rules match the visitor’s request, in the order of the rules', async () => {
    await using scene = await startScene()
    scene.origin.on('*', { body: 'x' })
    await putSnippets(scene, {
      first: { source: stamp('first'), expression: 'http.request.uri.path contains "a"' },
      never: { source: stamp('never'), expression: 'http.request.headers["x-in"][0] eq "first"' },
      last: { source: stamp('last'), expression: 'http.request.uri.path contains "b"' },
    })
    await play(scene, [
      { get: '/ab', has: { 'x-out': 'last, first' } },
      { get: '/b', has: { 'x-out': 'last' } },
      { get: '/c', has: { 'x-out': null } },
    ])
    expect(scene.origin.requests.map((request) => request.field('x-in') ?? null)).toEqual(['first, last', 'last', null])
  })

  test.each([
    ['1201', 'await fetch(request); return fetch(request)'],
    ['1202', 'for (let i = 0; i < 6; i++) await fetch("http://example.com/" + i); return fetch(request)'],
    ['1203', 'for (;;) {}'],
    ['1204', 'const kept = []; for (;;) kept.push(new Array(100000).fill(Math.random()))'],
    ['1206', 'throw new Error("x")'],
  ])('that go beyond what they may have the page of error %s', async (number, body) => {
    await using scene = await startScene()
    await putSnippets(scene, { bad: `export default { async fetch(request) { ${body} } }` })
    const answer = await scene.get('/')
    expect(answer.status).toBe(500)
    expect(answer.text).toContain(`Error ${number}`)
  })
})
