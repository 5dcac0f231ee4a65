import { expect, test } from 'bun:test'
import { CORS_DOCUMENT, countCommands, retakeTour, withoutTimes } from './tour.ts'

test.skipIf(Bun.which('curl') === null || Bun.which('sh') === null)(
  'the commands of docs/cors.md print what stands behind them; if not, `npm run docs` takes them anew',
  async () => {
    const document = await Bun.file(CORS_DOCUMENT).text()
    expect(countCommands(document)).toBeGreaterThan(15)
    expect(withoutTimes(await retakeTour(document))).toBe(withoutTimes(document))
  },
  60_000,
)
