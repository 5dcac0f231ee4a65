// What stands for a request where there is none, or for a client that cannot be asked any more.

import { epochMillis } from '../base/index.ts'
import type { FieldSource, RuleFacts } from '../rulesets/index.ts'

/** For a peer that was gone before it could be asked about. */
export const UNKNOWN_PEER = '0.0.0.0'

const NO_FIELDS: FieldSource = { get: () => null, entries: () => [] }

/** What rules know when there is no request: enough for those that ask nothing. */
export const NOBODY: RuleFacts = {
  ...{ method: 'GET', scheme: 'http', host: '', authority: '', rawPath: '/', rawQuery: '', rawFields: NO_FIELDS },
  ...{ httpVersion: '', peer: UNKNOWN_PEER, peerPort: undefined, serverAddress: undefined, port: 0 },
  ...{ receivedAt: epochMillis(0), ray: '', zoneName: '', upstreamZone: '', locate: undefined },
  ...{ path: '/', query: '', fields: NO_FIELDS, timings: {}, response: undefined },
}
