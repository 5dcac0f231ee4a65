// A Worker that lets pages of any site use an API which grants CORS to none: it asks the API in its own name and answers
// with the headers that the browser wants.  Written anew to the behaviour that Cloudflare's example has; every row goes
// through the edge.  CF workers/examples/cors-header-proxy

import { describe, expect, test } from 'bun:test'
import { deployWorker, type Scene, startScene } from '../support/edge/index.ts'
import { type FieldLine, type Origin, startOrigin } from '../support/index.ts'

const PROXY = `
const ALLOWED = 'GET,HEAD,POST,OPTIONS'

export default {
  async fetch(request, env) {
    const url = new URL(request.url)
    if (!url.pathname.startsWith('/corsproxy/')) return page(env)
    if (request.method === 'OPTIONS') return preflight(request)
    if (!ALLOWED.split(',').includes(request.method)) {
      return new Response(null, { status: 405, statusText: 'Method Not Allowed' })
    }
    return forward(request, url, url.searchParams.get('apiurl') ?? env.API_URL)
  },
}

async function forward(request, url, target) {
  const asked = new Request(target, request)
  asked.headers.set('Origin', new URL(target).origin)
  const answer = await fetch(asked)
  const response = new Response(answer.body, answer)
  response.headers.set('Access-Control-Allow-Origin', url.origin)
  response.headers.append('Vary', 'Origin')
  return response
}

function preflight({ headers }) {
  const names = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers']
  if (!names.every((name) => headers.has(name))) return new Response(null, { headers: { Allow: 'GET, HEAD, POST, OPTIONS' } })
  return new Response(null, {
    headers: {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': ALLOWED,
      'Access-Control-Max-Age': '86400',
      'Access-Control-Allow-Headers': headers.get('Access-Control-Request-Headers'),
    },
  })
}

function page(env) {
  const html = '<!doctype html><title>API</title><p>' + env.API_URL + ' through /corsproxy/'
  return new Response(html, { headers: { 'Content-Type': 'text/html;charset=UTF-8' } })
}
`

type Stage = {
  readonly scene: Scene
  readonly api: Origin
  readonly apiHost: string
  [Symbol.asyncDispose](): Promise<void>
}

async function startStage(): Promise<Stage> {
  const api = await startOrigin()
  const apiHost = new URL(api.url).host
  const scene = await startScene({ config: { runtime: { allow_private: [apiHost] } } })
  const bindings = [{ type: 'plain_text', name: 'API_URL', text: `${api.url}/default` }]
  await deployWorker(scene, PROXY, { bindings })
  return {
    ...{ scene, api, apiHost },
    [Symbol.asyncDispose]: async () => {
      await scene[Symbol.asyncDispose]()
      await api.close()
    },
  }
}

const proxied = (url: string): string => `/corsproxy/?apiurl=${encodeURIComponent(url)}`

describe('the CORS proxy', () => {
  test('serves its page by itself', async () => {
    await using stage = await startStage()
    const answer = await stage.scene.get('/')
    expect([answer.status, answer.field('content-type')]).toEqual([200, 'text/html;charset=UTF-8'])
    expect(answer.text).toContain(`${stage.api.url}/default through /corsproxy/`)
    expect([stage.api.requests.length, stage.scene.origin.requests.length]).toEqual([0, 0])
  })

  test('asks the API in its own name, and grants what it answers', async () => {
    await using stage = await startStage()
    const { scene, api, apiHost } = stage
    api.on('/demo', {
      fields: [
        ['Vary', 'accept-encoding'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
      body: 'data',
    })
    const fields: readonly FieldLine[] = [
      ['Origin', 'https://page.example'],
      ['Cookie', 'c=3'],
    ]
    const answer = await scene.get(proxied(`${api.url}/demo`), fields)
    const [asked] = api.requests
    expect([asked?.method, asked?.target, asked?.field('host')]).toEqual(['GET', '/demo', apiHost])
    expect([asked?.field('origin'), asked?.field('cookie')]).toEqual([api.url, 'c=3'])
    expect([answer.status, answer.text]).toEqual([200, 'data'])
    expect(answer.field('access-control-allow-origin')).toBe('http://example.com')
    expect(answer.field('vary')).toBe('accept-encoding, Origin')
    expect(answer.fields.all('set-cookie')).toEqual(['a=1', 'b=2'])
  })

  test('asks the default API when none is named', async () => {
    await using stage = await startStage()
    await stage.scene.get('/corsproxy/')
    expect(stage.api.requests[0]?.target).toBe('/default')
  })

  test('answers HEAD with the same fields and no content', async () => {
    await using stage = await startStage()
    stage.api.on('/demo', { fields: [['Content-Type', 'text/plain']], body: 'four' })
    const answer = await stage.scene.request(proxied(`${stage.api.url}/demo`), { method: 'HEAD' })
    expect(answer.body.length).toBe(0)
    expect([answer.status, answer.field('content-length'), answer.field('access-control-allow-origin')]).toEqual([
      ...[200, '4', 'http://example.com'],
    ])
  })

  test('passes the content of a POST on', async () => {
    await using stage = await startStage()
    const fields: readonly FieldLine[] = [['Content-Type', 'application/json']]
    await stage.scene.request(proxied(`${stage.api.url}/demo`), { method: 'POST', fields, body: '{"a":1}' })
    const [asked] = stage.api.requests
    expect([asked?.method, Buffer.from(asked?.body ?? []).toString()]).toEqual(['POST', '{"a":1}'])
    expect([asked?.field('content-type'), asked?.field('content-length')]).toEqual(['application/json', '7'])
  })

  test('answers a preflight by itself', async () => {
    await using stage = await startStage()
    const answer = await stage.scene.request('/corsproxy/', {
      method: 'OPTIONS',
      fields: [
        ['Origin', 'https://page.example'],
        ['Access-Control-Request-Method', 'POST'],
        ['Access-Control-Request-Headers', 'x-a, x-b'],
      ],
    })
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect(['origin', 'methods', 'headers'].map((name) => answer.field(`access-control-allow-${name}`))).toEqual([
      '*',
      'GET,HEAD,POST,OPTIONS',
      'x-a, x-b',
    ])
    expect([answer.field('access-control-max-age'), stage.api.requests.length]).toEqual(['86400', 0])
  })

  test('answers any other OPTIONS with what it allows', async () => {
    await using stage = await startStage()
    const answer = await stage.scene.request('/corsproxy/', { method: 'OPTIONS' })
    expect([answer.status, answer.field('allow')]).toEqual([200, 'GET, HEAD, POST, OPTIONS'])
  })

  test.each(['PUT', 'DELETE'])('refuses %s', async (method) => {
    await using stage = await startStage()
    const answer = await stage.scene.request('/corsproxy/', { method })
    expect([answer.status, answer.reason]).toEqual([405, 'Method Not Allowed'])
  })

  test('hands on a redirection, a 304 and a failure of the API', async () => {
    await using stage = await startStage()
    stage.api.on('/moved', { status: 302, fields: [['Location', '/there']] })
    stage.api.on('/same', { status: 304 })
    stage.api.on('/busy', { status: 503, body: 'busy' })
    const statuses = []
    for (const path of ['/moved', '/same', '/busy']) {
      const answer = await stage.scene.get(proxied(stage.api.url + path), [['If-None-Match', '"x"']])
      statuses.push([answer.status, answer.field('location') ?? null, answer.field('access-control-allow-origin')])
    }
    expect(statuses).toEqual([
      [302, '/there', 'http://example.com'],
      [304, null, 'http://example.com'],
      [503, null, 'http://example.com'],
    ])
  })

  test('hands on content in the coding that the API gave it', async () => {
    await using stage = await startStage()
    const zipped = Bun.gzipSync('text')
    stage.api.on('/zip', { fields: [['Content-Encoding', 'gzip']], body: zipped })
    const answer = await stage.scene.get(proxied(`${stage.api.url}/zip`), [['Accept-Encoding', 'gzip']])
    expect(answer.field('content-encoding')).toBe('gzip')
    expect(Buffer.from(answer.body)).toEqual(Buffer.from(zipped))
  })

  test.each(['notaurl', 'ftp://a.example/'])('fails with the page of an exception for %s', async (target) => {
    await using stage = await startStage()
    const answer = await stage.scene.get(proxied(target))
    expect(answer.status).toBe(500)
    expect(answer.text).toContain('Error 1101')
    expect(answer.text).toContain(answer.field('cf-ray') ?? '-')
  })

  test('grants what the edge answers when the API is down', async () => {
    await using stage = await startStage()
    const target = proxied(`${stage.api.url}/demo`)
    await stage.api.close()
    const answer = await stage.scene.get(target)
    expect([answer.status, answer.field('access-control-allow-origin')]).toEqual([521, 'http://example.com'])
  })
})
