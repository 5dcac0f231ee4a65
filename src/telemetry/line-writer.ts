// Writes lines to a stream that may be slow, stuck or gone, and never makes anybody wait for it.
//
//   write ──► waiting lines ──next turn──► one write to the sink ──► the reader
//
// T1  `write` neither throws nor waits.
// T2  What waits is bounded: beyond the limit lines are dropped and counted, and the count is written when there is room.

/** Where text goes: Bun's FileSink, or a test's. */
export type TextSink = {
  write(text: string): unknown
  /** A promise while the reader is behind. */
  flush(): unknown
}

export interface LineWriter {
  write(line: string): void
  /** Resolves when everything so far was handed over, or the stream is gone. */
  flush(): Promise<void>
}

/** A few seconds of access log at full speed, while a terminal is paused or a pipe's reader restarts. */
const MAX_WAITING_CHARACTERS = 4 * 1024 * 1024

export function makeLineWriter(sink: TextSink, maxWaiting: number = MAX_WAITING_CHARACTERS): LineWriter {
  let waiting: string[] = []
  let length = 0
  let dropped = 0
  let writing: Promise<void> | undefined

  const takeBatch = (): string => {
    const note = dropped === 0 ? '' : `varyant warning: ${dropped} log lines were dropped: their reader is too slow\n`
    const batch = waiting.join('\n')
    waiting = []
    length = 0
    dropped = 0
    return batch === '' ? note : `${batch}\n${note}`
  }
  const drain = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0 || dropped > 0) {
      const batch = takeBatch()
      try {
        sink.write(batch)
        await sink.flush()
      } catch {
        // Fail open: the reader is gone, and the edge serves on without a log; there is nobody to tell.
      }
    }
    writing = undefined
  }

  return {
    write: (line) => {
      if (length + line.length > maxWaiting) dropped += 1
      else {
        waiting.push(line)
        length += line.length
      }
      writing ??= drain()
    },
    flush: async () => {
      while (writing !== undefined) await writing
    },
  }
}
