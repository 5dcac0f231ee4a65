// Tests of the npm package 0.4.5 that this edge does not pass, each with its reason.  A test that starts passing must
// leave the list; one that fails without being listed fails the run.

import type { ExpectedFailures } from './compare.ts'

export const EXPECTED_FAILURES: ExpectedFailures = {}
