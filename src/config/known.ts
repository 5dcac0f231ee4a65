// A small door of `config`, for those who only need to find a running edge: what holds before any configuration is read.
// The verbs of the command line come in here; behind the large door are the rules language and the store, and a verb that asks
// the API would wait for both.

export { DEFAULT_API_LISTEN, DEFAULT_DATA_DIRECTORY, DEFAULT_EDGE_LISTEN } from './defaults.ts'
export { StartFailure } from './start-failure.ts'
export { urlOf } from './texts.ts'
export { ACCOUNT_ID, zoneId } from './zone-id.ts'
