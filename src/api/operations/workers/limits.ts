// How large uploads may be.

import { type Bytes, bytes } from '../../../base/index.ts'

/** Cloudflare's limit on the paid plan, after compression; here before it, and of the whole upload. */
export const MAX_UPLOAD_BYTES: Bytes = bytes(10 * 1024 * 1024)

/** CF workers/platform/limits: of one variable. */
export const MAX_VARIABLE_BYTES: Bytes = bytes(5 * 1024)

/** CF workers/platform/limits: of variables and secrets together, on the paid plan. */
export const MAX_BINDINGS = 128

export const MAX_MODULES = 1000
export const MAX_ANNOTATIONS = 20
export const MAX_ANNOTATION_CHARACTERS = 1000
