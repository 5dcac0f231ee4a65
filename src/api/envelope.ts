// The envelope around every answer: { success, errors, messages, result, result_info }.
//
// Some clients look at `success` only and some at the status only, so both always agree.
// No answer is for a cache, and none grants another web origin anything: there is no CORS field here, ever.

import { fail, ok, type Result } from '../base/index.ts'
import { API_ERRORS, type ApiErrorKind, type ApiProblem } from './errors.ts'

/** What an operation answers. */
export type Success = {
  readonly result: unknown
  /** 204: nothing to show, so no envelope either. */
  readonly status?: 200 | 201 | 204
  /** What is answered instead of the envelope, as plain text. */
  readonly text?: string
  /** What is answered instead of the envelope, as it is. */
  readonly content?: { readonly type: string; readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> }
  readonly messages?: readonly Notice[]
  readonly resultInfo?: Readonly<Record<string, unknown>>
  /** Members of the envelope that some endpoints have beside `result`. */
  readonly beside?: Readonly<Record<string, unknown>>
  /** Further fields of the response. */
  readonly fields?: Readonly<Record<string, string>>
}

/** Something to tell beside the result. */
export type Notice = { readonly code: number; readonly message: string }

export type Outcome = Result<Success, readonly ApiProblem[]>

/** The outcome of an operation that did what was asked. */
export function succeed(result: unknown, rest: Omit<Success, 'result'> = {}): Outcome {
  return ok({ result, ...rest })
}

/** The outcome of a request with one thing wrong. */
export function refuse(kind: ApiErrorKind, rest: Omit<ApiProblem, 'kind'> = {}): Result<never, readonly ApiProblem[]> {
  return fail([{ kind, ...rest }])
}

/** The response for an outcome; of several problems the first decides the status. */
export function toResponse(outcome: Outcome, fields: Readonly<Record<string, string>> = {}): Response {
  return outcome.ok ? successResponse(outcome.value, fields) : failureResponse(outcome.problem, fields)
}

const FIELDS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const

/** An answer that is no envelope. */
export function toDocument(document: object): Response {
  return Response.json(document, { headers: FIELDS })
}

function successResponse(success: Success, fields: Readonly<Record<string, string>>): Response {
  const { result, status = 200, messages = [], resultInfo, beside, text, content } = success
  const headers = { ...FIELDS, ...success.fields, ...fields }
  if (status === 204) return new Response(null, { status, headers })
  if (text !== undefined) {
    return new Response(text, { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } })
  }
  if (content !== undefined)
    return new Response(content.body, { status, headers: { ...headers, 'content-type': content.type } })
  const envelope = {
    success: true,
    errors: [],
    messages,
    result,
    ...(resultInfo && { result_info: resultInfo }),
    ...beside,
  }
  return Response.json(envelope, { status, headers })
}

function failureResponse(problems: readonly ApiProblem[], fields: Readonly<Record<string, string>>): Response {
  const { status } = API_ERRORS[problems[0]?.kind ?? 'internal']
  const envelope = { success: false, errors: problems.map(render), messages: [], result: null }
  // RFC 9110 §15.5.2: a 401 says how to authenticate.
  const challenge = status === 401 ? { 'www-authenticate': 'Bearer' } : {}
  return Response.json(envelope, { status, headers: { ...FIELDS, ...challenge, ...problems[0]?.fields, ...fields } })
}

function render({ kind, message, pointer, chain }: ApiProblem): object {
  const row = API_ERRORS[kind]
  return {
    code: row.code,
    message: message ?? row.message,
    ...(pointer !== undefined && { source: { pointer } }),
    ...(chain !== undefined && { error_chain: chain.map(render) }),
  }
}
