// `npm run docs`: writes the parts of the documents that are derived from the source, and what their commands print.

import { rulesReference } from '../../src/rulesets/index.ts'
import { findDeviations, withDeviations } from './deviations.ts'
import { withRulesTables } from './rules.ts'
import { DEVIATIONS, RULES, readSourceTexts } from './source-texts.ts'
import { CORS_DOCUMENT, retakeTour } from './tour.ts'

const document = await Bun.file(DEVIATIONS).text()
await Bun.write(DEVIATIONS, withDeviations(document, findDeviations(await readSourceTexts())))
await Bun.write(RULES, withRulesTables(await Bun.file(RULES).text(), rulesReference()))
await Bun.write(CORS_DOCUMENT, await retakeTour(await Bun.file(CORS_DOCUMENT).text()))
