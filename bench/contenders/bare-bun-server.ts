// The process of bare-bun.ts: small answers from memory, the large one as a file, `/dynamic` relayed to the origin server.

import { join } from 'node:path'
import type { Surroundings } from '../contender.ts'

const LARGE = '/1m.css'

const around = JSON.parse(process.argv[2] ?? '') as Surroundings
const tls = { cert: Bun.file(around.certificate), key: Bun.file(around.certificateKey) }
const answers = new Map<string, { readonly body: Blob; readonly init: { readonly headers: Headers } }>()
for (const path of ['/1k.css', '/100k.css', LARGE]) {
  const origin = await fetch(around.origin + path)
  const file = join(around.directory, `bare-bun${path.replace('/', '-')}`)
  await Bun.write(file, await origin.clone().arrayBuffer())
  // Shared by all answers, as Varyant's are for a second.
  const headers = new Headers(origin.headers)
  for (const name of ['connection', 'keep-alive', 'transfer-encoding']) headers.delete(name)
  headers.set('cf-cache-status', 'HIT')
  headers.set('cf-ray', '0123456789abcdef')
  const body = path === LARGE ? Bun.file(file, { type: 'text/css' }) : await origin.blob()
  answers.set(path, { body, init: { headers } })
}
const small = answers.get('/1k.css')

function answer(request: Request): Response | Promise<Response> {
  const path = request.url.slice(request.url.indexOf('/', 8))
  const found = answers.get(path) ?? (path.startsWith('/spread/') ? small : undefined)
  if (found !== undefined) return new Response(found.body, found.init)
  return fetch(around.origin + path, { headers: request.headers, redirect: 'manual', decompress: false })
}

const http = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: answer })
const https = Bun.serve({ hostname: '127.0.0.1', port: 0, tls, http2: true, fetch: answer })
console.log(JSON.stringify({ http: http.url.origin, https: https.url.origin }))
process.on('SIGTERM', () => process.exit(0))
