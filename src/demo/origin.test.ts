import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type DemoOrigin, startDemoOrigin } from './index.ts'

let demo: DemoOrigin
beforeAll(() => {
  demo = startDemoOrigin()
})
afterAll(() => demo.stop())

test.each([
  ['/style.css', 'text/css'],
  ['/app.js', 'text/javascript'],
  ['/logo.svg', 'image/svg+xml'],
  ['/font.woff2', 'font/woff2'],
  ['/data.json', 'application/json'],
  ['/reflect.js', 'text/javascript'],
  ['/slow.css', 'text/css'],
])('%s is served and named on the index page', async (path, type) => {
  const answer = await fetch(demo.url + path)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
  expect((await answer.bytes()).length).toBeGreaterThan(0)
  expect(await (await fetch(demo.url)).text()).toContain(`href="${path}"`)
})

test('reflect.js grants whoever asks, and nobody when nobody asks', async () => {
  for (const origin of ['https://a.example', 'null']) {
    const answer = await fetch(`${demo.url}/reflect.js`, { headers: { origin } })
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  }
  expect((await fetch(`${demo.url}/reflect.js`)).headers.get('access-control-allow-origin')).toBeNull()
})

test('the font is a WOFF2 file', async () => {
  const bytes = await (await fetch(`${demo.url}/font.woff2`)).bytes()
  expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('wOF2')
})

test('a validator that still holds is answered 304, with the grant', async () => {
  const first = await fetch(`${demo.url}/reflect.js`)
  const headers = { 'if-none-match': first.headers.get('etag') ?? '', origin: 'https://a.example' }
  const answer = await fetch(`${demo.url}/reflect.js`, { headers })
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([304, 'https://a.example'])
})

test.each([
  ['GET', '/nothing', 404],
  ['POST', '/style.css', 405],
])('%s %s is answered %i', async (method, path, status) => {
  expect((await fetch(demo.url + path, { method })).status).toBe(status)
})
