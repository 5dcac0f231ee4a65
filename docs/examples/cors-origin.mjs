// An origin server that makes the mistakes of docs/cors.md, one on each path.
//
//   node docs/examples/cors-origin.mjs          listens on 127.0.0.1:3000; PORT=0 picks a free port

import { createServer } from 'node:http'

const A_DAY = 'public, max-age=86400'
let isMended = false
/** Pages that may read the report. */
const readers = new Set(['https://app.example', 'https://shop.example'])

/** For each path what it answers to a request from `origin`, which is undefined when there is no Origin. */
const PATHS = {
  // Grants when somebody asks from a page, and never says that its answers differ.
  '/font.woff2': (origin) => ({ 'cache-control': A_DAY, ...(origin && { 'access-control-allow-origin': origin }) }),
  // One constant grant for everybody.
  '/icons.svg': () => ({ 'cache-control': A_DAY, 'access-control-allow-origin': '*' }),
  // A slash too many.
  '/theme.css': () => ({ 'cache-control': A_DAY, 'access-control-allow-origin': 'https://app.example/' }),
  // No grant, until somebody mends it.
  '/data.csv': (origin) => ({
    'cache-control': A_DAY,
    ...(isMended && { 'access-control-allow-origin': origin ?? '*', vary: 'Origin' }),
  }),
  // Right in everything: for those on a list, also on 304, and it says that it looks at Origin.
  '/report.csv': (origin) => ({
    'cache-control': A_DAY,
    etag: '"report-1"',
    vary: 'Origin',
    ...(readers.has(origin) && { 'access-control-allow-origin': origin }),
  }),
  // A document that can be read in parts; no script sees which part it got.
  '/book.pdf': () => ({
    'cache-control': A_DAY,
    'access-control-allow-origin': '*',
    'accept-ranges': 'bytes',
  }),
  // Moved to another host, with a grant on both answers that names the page.
  '/moved.js': (origin, host) => ({
    location: `http://${host.replace('127.0.0.1', 'localhost')}/module.js`,
    'access-control-allow-origin': 'https://app.example',
    vary: 'Origin',
  }),
  '/module.js': () => ({ 'cache-control': A_DAY, 'access-control-allow-origin': 'https://app.example', vary: 'Origin' }),
  // An API that has forgotten one header in its answer to preflights.
  '/api': (origin) => ({
    ...(origin && { 'access-control-allow-origin': origin, vary: 'Origin' }),
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'Authorization',
  }),
}

const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/mend') {
    isMended = true
    return response.end('mended\n')
  }
  if (request.method === 'POST' && request.url === '/revoke') {
    readers.delete('https://app.example')
    return response.end('https://app.example may read the report no more\n')
  }
  // What is down is down.
  if (request.url === '/down.json') return request.socket.destroy()
  const answer = PATHS[request.url]
  if (answer === undefined) return response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n')
  const fields = answer(request.headers.origin, request.headers.host)
  const status = statusOf(request, fields)
  const content = status === 200 || status === 301 ? `content of ${request.url}\n` : ''
  const length = content === '' ? {} : { 'content-length': content.length }
  response.writeHead(status, { 'content-type': 'application/octet-stream', ...length, ...fields })
  response.end(request.method === 'HEAD' ? '' : content)
})

function statusOf({ method, headers }, { location, etag }) {
  if (location !== undefined) return 301
  if (method === 'OPTIONS') return 204
  return etag !== undefined && headers['if-none-match'] === etag ? 304 : 200
}

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`origin ready on http://127.0.0.1:${server.address().port}`)
})
