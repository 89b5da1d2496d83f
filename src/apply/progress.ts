/** What a run is doing, for the one who watches it. `seconds` counts from the moment the manifest was written. */
export type Progress =
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'waiting'; readonly text: string; readonly seconds: number; readonly limit: number }

/** What a run asks of its surroundings while it works. */
export interface Watcher {
  readonly report: (progress: Progress) => void
  /** How many times the run was asked to stop: once means undo and wait, twice leave all as it is. */
  readonly interrupts: () => number
}
