// Every function of the language, family by family.

import { CONTAINER_FUNCTIONS } from './containers.ts'
import { DIGEST_FUNCTIONS } from './digests.ts'
import { ENCODING_FUNCTIONS } from './encoding.ts'
import { JSON_FUNCTIONS } from './json.ts'
import { NETWORK_FUNCTIONS } from './network.ts'
import { REPLACE_FUNCTIONS } from './replace.ts'
import type { FunctionRow } from './row.ts'
import { STRING_FUNCTIONS } from './strings.ts'

export const FUNCTIONS: readonly FunctionRow[] = [
  ...STRING_FUNCTIONS,
  ...CONTAINER_FUNCTIONS,
  ...ENCODING_FUNCTIONS,
  ...DIGEST_FUNCTIONS,
  ...JSON_FUNCTIONS,
  ...NETWORK_FUNCTIONS,
  ...REPLACE_FUNCTIONS,
]
