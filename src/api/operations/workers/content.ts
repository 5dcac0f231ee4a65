// The code of a version as it is downloaded: its one module as it is, several as the parts of a form.

import { ok, type Result } from '../../../base/index.ts'
import type { ModuleType, Script, ScriptModule } from '../../../scripts/index.ts'
import { type Outcome, refuse, succeed } from '../../envelope.ts'
import type { Call } from '../../operation.ts'
import type { Problems, ScriptView, VersionDocument } from './types.ts'

const MEDIA_TYPES: Readonly<Record<ModuleType, string>> = {
  esm: 'application/javascript+module',
  commonjs: 'application/javascript',
  script: 'application/javascript',
  text: 'text/plain',
  data: 'application/octet-stream',
  wasm: 'application/wasm',
  json: 'application/json',
}

/** The version that the query names, or the one that runs, or the newest. */
export function readVersion(
  { query, services }: Pick<Call<unknown>, 'query' | 'services'>,
  script: ScriptView,
): Result<VersionDocument, Problems> {
  const id = query.get('version')
  if (id === null || id === '') return ok(script.deployed ?? script.newest)
  const found = services.administration.scripts.versions(script.name).find((each) => each.id === id)
  return found === undefined ? refuse('unknown-version') : ok(found)
}

/** The code as one text when it is one module of JavaScript, else as a form. */
export function answerCode(script: Pick<Script, 'mainModule' | 'modules'>): Outcome {
  const [main, ...others] = script.modules
  if (main !== undefined && others.length === 0) {
    return succeed(null, { content: { type: 'application/javascript', body: main.content.slice() } })
  }
  return answerForm(script)
}

/** The code as a form, a part for each module; a field says which one runs. */
export function answerForm({ mainModule, modules }: Pick<Script, 'mainModule' | 'modules'>): Outcome {
  const boundary = `varyant-${crypto.randomUUID()}`
  const pieces = modules.flatMap((module) => [headOf(module, boundary), module.content, CRLF])
  return succeed(null, {
    content: { type: `multipart/form-data; boundary=${boundary}`, body: join([...pieces, `--${boundary}--${CRLF}`]) },
    fields: { 'cf-entrypoint': encodeURI(mainModule) },
  })
}

const CRLF = '\r\n'

/** By hand: a type is to come out as it went in, and FormData adds a charset.  RFC 7578 §4.2 */
function headOf({ name, type }: ScriptModule, boundary: string): string {
  const quoted = `"${name.replace(/["\r\n]/g, (character) => encodeURIComponent(character))}"`
  const disposition = `content-disposition: form-data; name=${quoted}; filename=${quoted}`
  return [`--${boundary}`, disposition, `content-type: ${MEDIA_TYPES[type]}`, '', ''].join(CRLF)
}

function join(pieces: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(pieces.map((piece) => Buffer.from(piece as Uint8Array))))
}
