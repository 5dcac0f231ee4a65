// A request as a person writes it on the command line, as the facts that rules see.
//
//   --request 'GET https://www.example.com/path?query' --header 'Accept: text/html' --ip 192.0.2.7
//   --status 404 --response-header 'Content-Type: text/html'
//
// The path is normalised as for a new zone; the edge's own fields are what they would be at the first moment.

import { epochMillis, fail, ok, type Result } from '../base/index.ts'
import { type Field, isToken, normalizeUrl, parseHost, splitTarget, trimOws } from '../http/index.ts'
import type { FieldSource, RuleFacts } from '../rulesets/index.ts'

export type SampleWords = {
  readonly request: string | undefined
  readonly headers: readonly string[]
  readonly ip: string | undefined
  readonly status: string | undefined
  readonly responseHeaders: readonly string[]
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const
const DEFAULT_IP = '127.0.0.1'

/** The facts, undefined when no request is described, or what is wrong with the description. */
export function parseSample(words: SampleWords): Result<RuleFacts | undefined, string> {
  const { request, headers, ip, status, responseHeaders } = words
  if (request === undefined) {
    const isDescribed = headers.length > 0 || ip !== undefined || status !== undefined || responseHeaders.length > 0
    return isDescribed
      ? fail('--request is missing; write for example --request "GET https://example.com/"')
      : ok(undefined)
  }
  const match = /^([A-Za-z]+) +(https?):\/\/([^/?#]+)([^ ]*)$/.exec(request.trim())
  const [, method = '', scheme = '', authority = '', rest = ''] = match ?? []
  const host = parseHost(authority)
  if (host === undefined)
    return fail(`--request: ${JSON.stringify(request)} is no request; write "GET https://example.com/path"`)
  const fields = parseFields('--header', headers)
  const answered = parseFields('--response-header', responseHeaders)
  if (!fields.ok) return fields
  if (!answered.ok) return answered
  const code = status ?? '200'
  if (!/^[1-9][0-9]{2}$/.test(code))
    return fail(`--status: ${JSON.stringify(code)} is no status; write one such as 404`)
  const raw = splitTarget(`${scheme}://${authority}${rest}`)
  const target = normalizeUrl({ path: raw.path, query: raw.query }, 'rfc3986')
  const source = sourceOf([['host', authority.toLowerCase()], ...fields.value])
  const protocol = scheme === 'https' ? 'https' : 'http'
  const port = host.port ?? DEFAULT_PORTS[protocol]
  const hasResponse = status !== undefined || responseHeaders.length > 0
  return ok({
    method: method.toUpperCase(),
    scheme: protocol,
    host: host.host,
    authority: port === DEFAULT_PORTS[protocol] ? host.host : `${host.host}:${port}`,
    ...{
      rawPath: raw.path,
      rawQuery: raw.query,
      rawFields: source,
      path: target.path,
      query: target.query,
      fields: source,
    },
    httpVersion: 'HTTP/1.1',
    peer: ip ?? DEFAULT_IP,
    ...{
      peerPort: undefined,
      serverAddress: undefined,
      port,
      receivedAt: epochMillis(Date.now()),
      ray: '0'.repeat(16),
    },
    ...{ zoneName: host.host, upstreamZone: '', locate: undefined, timings: {} },
    response: hasResponse
      ? { status: Number(code), fields: answered.value, rawFields: answered.value, errorType: '', errorCode: 0 }
      : undefined,
  })
}

function parseFields(flag: string, lines: readonly string[]): Result<readonly Field[], string> {
  const fields: Field[] = []
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(colon, 0))
    if (!isToken(name)) return fail(`${flag}: ${JSON.stringify(line)} is no header field; write "NAME: VALUE"`)
    fields.push([name.toLowerCase(), trimOws(line.slice(colon + 1))])
  }
  return ok(fields)
}

/** Lines of one name are one value, as the runtime gives them. */
function sourceOf(lines: readonly Field[]): FieldSource {
  const fields = new Map<string, string>()
  for (const [name, value] of lines) {
    const known = fields.get(name)
    fields.set(name, known === undefined || name === 'host' ? value : `${known}, ${value}`)
  }
  return { get: (name) => fields.get(name) ?? null, entries: () => fields.entries() }
}
