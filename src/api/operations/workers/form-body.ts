// The body of an upload: a form within the limit of uploads.

import { z } from '@hono/zod-openapi'
import { ok } from '../../../base/index.ts'
import type { Form } from '../../body.ts'
import type { BodyRule } from '../../operation.ts'
import { MAX_UPLOAD_BYTES } from './limits.ts'

export const FORM_BODY: BodyRule<Form, unknown> = {
  schema: z.object({ metadata: z.string() }).loose(),
  reads: 'form',
  limit: MAX_UPLOAD_BYTES,
  // `reads` says so.
  parse: (json) => ok(json as Form),
}

/** The same, or JavaScript alone. */
export const SCRIPT_BODY: BodyRule<Form, unknown> = { ...FORM_BODY, reads: 'script' }
