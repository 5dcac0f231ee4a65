// `npm run oracle [-- --count N] [--seed N] [--first N] [--variants MODE]`: compares `explain`, and the real answers, with Chromium.

import { parseArgs } from 'node:util'
import { findChromium } from '../support/chromium.ts'
import { runOracle } from './run.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string' },
    seed: { type: 'string' },
    first: { type: 'string' },
    variants: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help === true) {
  process.stdout.write(`npm run oracle -- [--count COMPARISONS] [--seed SEED] [--first SCENARIO] [--variants per_origin|collapse]

  --count     comparisons whose verdict assumes nothing (default 1000)
  --seed      of the scenarios; the one of a run is printed at its end (default: by chance)
  --first     the number of the first scenario, which the run of a seed printed with a disagreement
  --variants  cors_variants of the zone
`)
  process.exit(0)
}
const whole = (text: string | undefined, fallback: number): number => {
  const number = text === undefined ? fallback : Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${text} is no whole number`)
  return number
}

const found = findChromium()
if (found.kind === 'missing') {
  process.stderr.write(`${found.why}\n`)
  process.exit(1)
}
const seed = whole(values.seed, Math.floor(Math.random() * 2 ** 32))
const run = await runOracle({
  chromium: found.path,
  seed,
  ...(values.variants !== undefined && { settings: { cors_variants: values.variants } }),
  comparisons: whole(values.count, 1000),
  first: whole(values.first, 0),
  say: (line) => process.stderr.write(`${line}\n`),
})
const { compared, assumed, unknown, disagreements, version, behaviours } = run
for (const { number, scenario, differences } of disagreements) {
  process.stdout.write(
    `disagreement in scenario ${number}:\n  ${differences.join('\n  ')}\n  ${JSON.stringify(scenario)}\n`,
  )
}
process.stdout.write(
  `seed ${seed}, ${version}: ${compared} comparisons over ${behaviours} origin behaviours, ${compared - disagreements.length} agree` +
    ` (beside them ${assumed} on an assumption, ${unknown} unknown)\n`,
)
process.exit(disagreements.length === 0 ? 0 : 1)
