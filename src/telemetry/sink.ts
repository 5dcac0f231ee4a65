// Where the events of the program go: all to stderr, exchanges as JSON, the rest as sentences.

import { fstatSync } from 'node:fs'
import type { EventSink } from '../base/index.ts'
import { accessLine } from './access-log.ts'
import { eventLine } from './event-line.ts'
import { makeLineWriter, type TextSink } from './line-writer.ts'

const STDERR = 2

export type TelemetryOptions = {
  /** Whether exchanges are written. */
  readonly accessLog: boolean
  /** Where lines go; stderr when absent. */
  readonly sink?: TextSink
  /** Whether sentences have colours; only on a terminal when absent. */
  readonly coloured?: boolean
}

export interface Telemetry {
  /** Never throws, never waits. */
  readonly events: EventSink
  /** Resolves when every line so far is out. */
  flush(): Promise<void>
}

export function makeTelemetry(options: TelemetryOptions): Telemetry {
  const { accessLog, sink = Bun.stderr.writer(), coloured = isColourful() } = options
  const writer = makeLineWriter(sink)
  return {
    events: (event) => {
      if (event.kind !== 'access') writer.write(eventLine(event, coloured))
      else if (accessLog) writer.write(accessLine(event.record))
    },
    flush: () => writer.flush(),
  }
}

function isColourful(): boolean {
  // Looked at first: to ask the stream itself loads all of Node's streams, a tenth of a start.
  if (!fstatSync(STDERR).isCharacterDevice()) return false
  return process.stderr.isTTY === true && (process.env.NO_COLOR ?? '') === ''
}
