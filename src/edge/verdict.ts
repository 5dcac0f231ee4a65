// What a stage says: go on, or this is the answer.

import type { EdgeResponse } from './response.ts'

export type Verdict = { readonly kind: 'continue' } | { readonly kind: 'answered'; readonly response: EdgeResponse }

export const CONTINUE: Verdict = { kind: 'continue' }
