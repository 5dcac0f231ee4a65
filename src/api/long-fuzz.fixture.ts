// `npm run fuzz:api`: the API under random requests for as long as it is told to.
//
//   FUZZ_SEED=1 FUZZ_SECONDS=60 npm run fuzz:api

import { startApiUnderTest } from './api.fixture.ts'
import { fuzzDocument } from './document-fuzz.fixture.ts'

const first = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31)
const until = performance.now() + Number(process.env.FUZZ_SECONDS ?? 60) * 1000
const ROUNDS = 20

let sent = 0
let accepted = 0
let seed = first
for (; performance.now() < until; seed += 1) {
  const api = startApiUnderTest()
  const run = await fuzzDocument(api, seed, ROUNDS)
  sent += run.sent
  accepted += run.accepted
  await api.stop()
}
console.log(`seeds ${first} to ${seed - 1}: ${sent} requests, ${accepted} accepted`)
