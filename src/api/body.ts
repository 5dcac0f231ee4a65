// Reads a JSON request body within a limit, whatever Content-Length says.

import { type Bytes, ok, type Result } from '../base/index.ts'
import { refuse } from './envelope.ts'
import type { ApiProblem } from './errors.ts'

type Problems = readonly ApiProblem[]

const JSON_TYPE = /^application\/(?:[a-z0-9!#$&^_.+-]+\+)?json *(?:;|$)/

/** The body's value, undefined when there is none; or why it cannot be had. */
export async function readJson(request: Request, limit: Bytes): Promise<Result<unknown, Problems>> {
  const type = checkType(request.headers)
  if (!type.ok) return type
  const read = await readBytes(request, limit)
  if (!read.ok) return read
  return read.value.length === 0 ? ok(undefined) : parse(read.value)
}

/** The parts of a multipart/form-data body, in its order. */
export type Form = readonly { readonly name: string; readonly value: string | Blob }[]

/** The parts of a multipart/form-data body; or why they cannot be had. */
export async function readForm(request: Request, limit: Bytes): Promise<Result<Form, Problems>> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^multipart\/form-data *;/i.test(type)) {
    return refuse('unsupported-media-type', { message: 'send a form, with Content-Type: multipart/form-data' })
  }
  const read = await readBytes(request, limit)
  if (!read.ok) return read
  try {
    const form = await new Response(read.value, { headers: { 'content-type': type } }).formData()
    return ok([...form].map(([name, value]) => ({ name, value })))
  } catch {
    // Without boundary, or not in parts: the client's to mend.
    return refuse('invalid-body', { message: 'the body is no multipart/form-data; send its parts with their boundary' })
  }
}

/** No Content-Type passes: historic clients send none with DELETE. */
function checkType(fields: Headers): Result<undefined, Problems> {
  const type = fields.get('content-type')?.trim().toLowerCase() ?? ''
  if (type !== '' && !JSON_TYPE.test(type)) return refuse('unsupported-media-type')
  const coding = fields.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (coding === '' || coding === 'identity') return ok(undefined)
  return refuse('unsupported-media-type', { message: 'send the body without Content-Encoding' })
}

async function readBytes(request: Request, limit: Bytes): Promise<Result<Uint8Array, Problems>> {
  const tooLarge = refuse('body-too-large', {
    message: `the request body exceeds ${limit} bytes; send several requests`,
  })
  if (Number(request.headers.get('content-length') ?? 0) > limit) return tooLarge
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    for await (const piece of request.body ?? []) {
      length += piece.length
      if (length > limit) return tooLarge
      pieces.push(piece)
    }
  } catch {
    // Fail closed: what did not arrive whole is not acted upon.  The client is gone and seldom hears of it.
    return refuse('incomplete-body')
  }
  return ok(Buffer.concat(pieces))
}

function parse(bytes: Uint8Array): Result<unknown, Problems> {
  try {
    return ok(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    // Not UTF-8, not JSON, or nested deeper than the parser goes: the client's to mend.
    return refuse('malformed-json')
  }
}
