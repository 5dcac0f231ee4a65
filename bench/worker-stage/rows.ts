// What is measured, and what the samples of a row say.
//
// Other programs disturb this machine and can only add: of many short samples in turn, the lower quartile speaks.

import { LoadConnection } from './connection.ts'
import { difference, type Times, timesOf } from './times.ts'

export type Row = {
  readonly title: string
  readonly url: string
  readonly host: string
  readonly path: string
  /** Whose processor time is measured, with its descendants. */
  readonly pid: number
}

/** One request after the other, or many at once, for a moment. */
type Sample = {
  /** The median time of a request, in milliseconds. */
  readonly millis: number
  readonly perSecond: number
  /** Processor time of a request, in microseconds. */
  readonly times: Times
}

export type Figure = {
  readonly row: Row
  /** One request after the other. */
  readonly alone: Sample
  /** On many connections. */
  readonly busy: Sample
}

const CONNECTIONS = 16
const SAMPLE_MILLIS = 120
const WARM_MILLIS = 2_000

/** Samples all rows in turn, round after round. */
export async function measure(rows: readonly Row[], rounds: number): Promise<readonly Figure[]> {
  const loads = await Promise.all(rows.map((row) => Load.open(row)))
  for (const load of loads) await load.sample(CONNECTIONS, WARM_MILLIS)
  const samples = loads.map((): { alone: Sample[]; busy: Sample[] } => ({ alone: [], busy: [] }))
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, load] of loads.entries()) {
      samples[at]?.alone.push(await load.sample(1, SAMPLE_MILLIS))
      samples[at]?.busy.push(await load.sample(CONNECTIONS, SAMPLE_MILLIS))
    }
  }
  for (const load of loads) load.close()
  return rows.map((row, at) => ({
    row,
    alone: quartileOf(samples[at]?.alone ?? []),
    busy: quartileOf(samples[at]?.busy ?? []),
  }))
}

/** The connections to one row. */
class Load {
  readonly #row: Row
  readonly #connections: readonly LoadConnection[]

  private constructor(row: Row, connections: readonly LoadConnection[]) {
    this.#row = row
    this.#connections = connections
  }

  static async open(row: Row): Promise<Load> {
    const { url, host, path } = row
    return new Load(
      row,
      await Promise.all(Array.from({ length: CONNECTIONS }, () => LoadConnection.open(url, host, path))),
    )
  }

  async sample(connections: number, span: number): Promise<Sample> {
    const before = timesOf(this.#row.pid)
    const began = performance.now()
    const times: number[] = []
    await Promise.all(
      this.#connections.slice(0, connections).map(async (connection) => {
        while (performance.now() < began + span) {
          const asked = performance.now()
          await connection.ask()
          times.push(performance.now() - asked)
        }
      }),
    )
    const seconds = (performance.now() - began) / 1000
    const { edge, beside, workerd } = difference(timesOf(this.#row.pid), before)
    const count = times.length
    return {
      millis: at(times, 0.5),
      perSecond: count / seconds,
      times: { edge: edge / count, beside: beside / count, workerd: workerd / count },
    }
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

const QUARTILE = 0.25

function quartileOf(samples: readonly Sample[]): Sample {
  const quartile = (read: (sample: Sample) => number): number => at(samples.map(read), QUARTILE)
  return {
    millis: quartile(({ millis }) => millis),
    perSecond: at(
      samples.map(({ perSecond }) => perSecond),
      1 - QUARTILE,
    ),
    times: {
      edge: quartile(({ times }) => times.edge),
      beside: quartile(({ times }) => times.beside),
      workerd: quartile(({ times }) => times.workerd),
    },
  }
}

/** The value below which this share of them is. */
export function at(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN
}
