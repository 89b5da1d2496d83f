/** A directory that an image's program writes. */
export interface ImageWrite {
  /**
   * Where the volume goes: exactly the path of the image's VOLUME where it has one, as containerd puts a volume of its own on
   * each VOLUME that has no mount of the same path, and one on its parent would not get the data.
   * https://github.com/containerd/containerd/blob/v2.0.0/internal/cri/server/container_create.go volumeMounts
   */
  readonly path: string
  /** What lies there, to be read after "for". */
  readonly what: string
  /** Whether it can grow without end, so that an emptyDir needs a sizeLimit. */
  readonly grows: boolean
  /** Whether it is data that should outlive the pod, on a PersistentVolumeClaim. */
  readonly keeps: boolean
  /** Where small files that need no disk, such as sockets and PIDs, belong. */
  readonly medium?: 'Memory'
}

/** What is known of a public image as its makers ship it: what it writes when it is left as configured, and as whom it runs. */
export interface KnownImage {
  /** Registry and repository as parseImage fills them in, and other names under which the same image is published. */
  readonly repository: string
  readonly also?: readonly string[]
  /** The tags the row is for; a row without takes those that the rows before it leave. */
  readonly tags?: RegExp
  /** Whether the image is made to put a program into, so that what its container writes is not known from it. */
  readonly isBase?: true
  readonly writes: readonly ImageWrite[]
  /** Variables to set along with new volumes and `user`; never where a volume is there already, as they may move the data. */
  readonly env?: readonly { readonly name: string; readonly value: string }[]
  /** The user the image has been made to run as; undefined where none is documented by its number. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined
  /** What USER is in the image, in any of the tags; with a name the kubelet refuses runAsNonRoot unless runAsUser is given. */
  readonly runsAs: 'root' | 'name' | 'number'
  /** Capabilities without which it does not start, since its program's file carries them; and what a start as root needs besides. */
  readonly needs?: readonly string[]
  readonly rootNeeds?: readonly string[]
  /** Why its entry point fails on a read-only root when it is root and `env` is not set. */
  readonly failsAsRoot?: string
  /** A port below 1024 that it listens on unless it is configured otherwise. */
  readonly lowPort?: number
  /** What must be known besides, in whole sentences. */
  readonly note?: string
  /** The Dockerfile, entry point or page that says so. */
  readonly source: string
}
