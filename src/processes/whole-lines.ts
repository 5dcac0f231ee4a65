// The lines of a stream, whole: what members write may go out only between the lines of others.

/** Hands over what is written, up to the last end of a line; what has none at the end is the rest of a process that died. */
export async function relayLines(stream: ReadableStream<Uint8Array>, write: (lines: string) => void): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true })
    const end = text.lastIndexOf('\n')
    if (end < 0) rest += text
    else {
      write(rest + text.slice(0, end))
      rest = text.slice(end + 1)
    }
    // Nobody ends such a line: a process that writes binary must not fill the memory.
    if (rest.length > MAX_LINE_CHARACTERS) rest = ''
  }
  if (rest !== '') write(rest)
}

/** Longer than the longest URL that the listener takes, with room for its story. */
const MAX_LINE_CHARACTERS = 1024 * 1024
