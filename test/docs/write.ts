// `npm run docs`: writes the parts of the documents that are derived from the source.

import { findDeviations, withDeviations } from './deviations.ts'
import { DEVIATIONS, readSourceTexts } from './source-texts.ts'

const document = await Bun.file(DEVIATIONS).text()
await Bun.write(DEVIATIONS, withDeviations(document, findDeviations(await readSourceTexts())))
