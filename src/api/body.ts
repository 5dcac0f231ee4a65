// Reads a JSON request body within a limit, whatever Content-Length says.

import { type Bytes, ok, type Result } from '../base/index.ts'
import { essence, type FormPart, parseFormData } from '../http/index.ts'
import { refuse } from './envelope.ts'
import type { ApiProblem } from './errors.ts'
import { boundaryOf, formOfScript, SCRIPT_TYPES } from './upload/script-body.ts'

type Problems = readonly ApiProblem[]

const JSON_TYPE = /^application\/(?:[a-z0-9!#$&^_.+-]+\+)?json *(?:;|$)/

/** The body's value, undefined when there is none; or why it cannot be had.  'untyped': whatever its Content-Type. */
export async function readJson(
  request: Request,
  limit: Bytes,
  typed: 'typed' | 'untyped' = 'typed',
): Promise<Result<unknown, Problems>> {
  const type = typed === 'typed' ? checkType(request.headers) : ok(undefined)
  if (!type.ok) return type
  const read = await readBytes(request, limit)
  if (!read.ok) return read
  return read.value.length === 0 ? ok(undefined) : parse(read.value)
}

/** The parts of a multipart/form-data body, in its order. */
export type Form = readonly FormPart[]

/** More than any upload has. */
const MAX_FORM_PARTS = 2000

/** The parts of a multipart/form-data body; or why they cannot be had.  'script': JavaScript is an upload, too. */
export async function readForm(
  request: Request,
  limit: Bytes,
  accepts: 'form' | 'script' = 'form',
): Promise<Result<Form, Problems>> {
  const type = request.headers.get('content-type') ?? ''
  const isScript = accepts === 'script' && SCRIPT_TYPES.includes(essence(type) ?? '')
  if (!isScript && !/^multipart\/form-data *;/i.test(type)) {
    return refuse('unsupported-media-type', { message: 'send a form, with Content-Type: multipart/form-data' })
  }
  const read = await readBytes(request, limit)
  if (!read.ok) return read
  const boundary = isScript ? boundaryOf(read.value) : undefined
  if (isScript && boundary === undefined) return ok(formOfScript(essence(type) ?? '', read.value))
  const formType = boundary === undefined ? type : `multipart/form-data; boundary="${boundary}"`
  const form = parseFormData(read.value, formType, { maxParts: MAX_FORM_PARTS })
  if (form.ok) return form
  const message = `the body is no multipart/form-data: ${form.problem}; send its parts with their boundary`
  return refuse('invalid-body', { message })
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
