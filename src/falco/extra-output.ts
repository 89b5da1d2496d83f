/** What is added to the alerts of rules: of all, or of those of a source, with tags, of a name (append_output of falco.yaml). */
export interface ExtraOutput {
  /** Stands behind the output. */
  readonly format?: string
  /** Stand in the fields of alerts in JSON. */
  readonly fields?: readonly ExtraField[]
  readonly source?: string
  readonly tags?: readonly string[]
  readonly rule?: string
}

/** A field that is added: a field of the event as it is, or a text with fields in it. */
export interface ExtraField {
  readonly key: string
  readonly format: string
  readonly isRaw: boolean
}
