// An upload that says it is JavaScript.  Two clients send one: whoever uploads a script and nothing else, as the older API has
// it, and the SDK's 7.x line, which sends a form under this type and forgets its boundary.
//
// Pure.

import type { FormPart } from '../../http/index.ts'

export const SCRIPT_TYPES: readonly string[] = [
  'application/javascript',
  'text/javascript',
  'application/javascript+module',
  'text/javascript+module',
]

/** RFC 2046 §5.1.1, and the field that every part of a form begins with. */
const FORM_START = /^--([\x21-\x7e]{1,70})\r\ncontent-disposition: form-data/i
const START_BYTES = 200
const NAME = 'worker.js'

/** The boundary of a body that is a form after all, or undefined. */
export function boundaryOf(body: Uint8Array): string | undefined {
  return FORM_START.exec(new TextDecoder().decode(body.subarray(0, START_BYTES)))?.[1]
}

/** The form that a script alone stands for. */
export function formOfScript(type: string, content: Uint8Array): readonly FormPart[] {
  const metadata = type.endsWith('+module') ? { main_module: NAME } : { body_part: NAME }
  const text = new TextEncoder().encode(JSON.stringify(metadata))
  return [
    { name: 'metadata', fileName: undefined, type: 'application/json', content: text },
    { name: NAME, fileName: NAME, type, content },
  ]
}
