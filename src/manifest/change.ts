/** One change of the manifest, as it is shown: `path` is where, `before` and `after` are null where there is nothing. */
export interface ManifestChange {
  readonly kind:
    | 'set-flag'
    | 'remove-flag'
    | 'add-volume'
    | 'remove-volume'
    | 'fix-volume'
    | 'add-mount'
    | 'remove-mount'
    | 'fix-mount'
    | 'set-annotation'
    | 'remove-annotation'
  readonly path: string
  readonly name: string
  readonly before: string | null
  readonly after: string | null
  readonly reason: string
}
