// The door of `telemetry`: what the program says about itself.

export type { TextSink } from './line-writer.ts'
export { makeTelemetry, type Telemetry, type TelemetryOptions } from './sink.ts'
