// How the command line speaks with the API: where it is, which token, and what its answers mean.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fail, ok, type Result } from '../base/index.ts'
import { DEFAULT_API_LISTEN, DEFAULT_DATA_DIRECTORY, urlOf } from '../config/known.ts'
import { TOKEN_VARIABLE } from './token.ts'

export type ApiPlace = {
  /** "HOST:PORT" or a URL; the environment's or the default when absent. */
  readonly api?: string | undefined
  readonly data?: string | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** One request; a failure is one sentence for people, with the exit code. */
export interface ApiClient {
  call(method: string, path: string, body?: unknown): Promise<Result<unknown, CliFailure>>
}

export type CliFailure = {
  readonly message: string
  readonly exitCode: 1 | 2
  /** The API's number of what went wrong, when it was the API that refused. */
  readonly code?: number
}

const API_VARIABLE = 'VARYANT_API'
const TIMEOUT_MILLIS = 60_000

/** A client of the API at that place, or why there can be none. */
export function makeApiClient(place: ApiPlace, environment: Environment): Result<ApiClient, CliFailure> {
  const base = parseBase(place.api ?? environment[API_VARIABLE] ?? urlOf('http', DEFAULT_API_LISTEN))
  if (!base.ok) return base
  const token = findToken(place.data ?? DEFAULT_DATA_DIRECTORY, environment)
  if (!token.ok) return token
  return ok({ call: (method, path, body) => call({ base: base.value, token: token.value }, method, path, body) })
}

function parseBase(text: string): Result<string, CliFailure> {
  const url = URL.parse(/^https?:\/\//i.test(text) ? text : `http://${text}`)
  if (url === null || url.hostname === '') {
    return fail({ message: `${JSON.stringify(text)} is no address of the API; use --api HOST:PORT`, exitCode: 2 })
  }
  return ok(url.origin)
}

function findToken(dataDir: string, environment: Environment): Result<string, CliFailure> {
  const given = environment[TOKEN_VARIABLE]?.trim() ?? ''
  if (given !== '') return ok(given)
  const path = join(dataDir, 'token')
  try {
    return ok(readFileSync(path, 'utf8').trim())
  } catch {
    // Fail closed: said to the caller.
    const message = `there is no token: set ${TOKEN_VARIABLE}, or name the data directory of the edge with --data (${path} cannot be read)`
    return fail({ message, exitCode: 2 })
  }
}

type Access = { readonly base: string; readonly token: string }

async function call(access: Access, method: string, path: string, body: unknown): Promise<Result<unknown, CliFailure>> {
  const { base, token } = access
  let response: Response
  let text: string
  try {
    response = await fetch(`${base}/client/v4${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    })
    text = await response.text()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    return fail({ message: `the API at ${base} cannot be reached: ${code}; start the edge, or use --api`, exitCode: 1 })
  }
  return judge(response.status, text)
}

function judge(status: number, text: string): Result<unknown, CliFailure> {
  const envelope = parseObject(text)
  if (envelope?.success === true) return ok(envelope.result)
  const errors = Array.isArray(envelope?.errors) ? envelope.errors : []
  const sentences = errors.map((error) => (typeof error?.message === 'string' ? sentenceOf(error) : '')).filter(Boolean)
  if (sentences.length === 0) sentences.push('this is not the API of Varyant')
  const code = errors.find((error) => typeof error?.code === 'number')?.code
  const message = [`the API answered ${status}: ${sentences.join('; ')}`, REMEDIES[code] ?? []].flat().join('; ')
  return fail({ message, exitCode: 1, ...(code !== undefined && { code }) })
}

/** What to do about refusals whose sentence is Cloudflare's and does not say it. */
const REMEDIES: Readonly<Record<number, string>> = {
  10000: `this edge does not know the token: set ${TOKEN_VARIABLE}, or name its data directory with --data`,
  9109: 'the token may do other things only, or in other zones; use one that may',
}

function sentenceOf(error: {
  readonly message: string
  readonly error_chain?: readonly { readonly message?: unknown }[]
}) {
  const [cause] = Array.isArray(error.error_chain) ? error.error_chain : []
  return typeof cause?.message === 'string' ? `${error.message}: ${cause.message}` : error.message
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // Fail closed: what is no JSON is no answer of the API.
    return undefined
  }
}
