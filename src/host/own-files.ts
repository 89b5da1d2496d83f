import type { Host, Ownership } from './host.ts'

/** A host on which whatever is made belongs to the user who runs this, whoever is to own it: for a node that nobody serves. */
export const ownFiles = (host: Host): Host => {
  const mine = ({ mode }: Ownership): Ownership => ({ mode, uid: host.uid, gid: host.gid })
  return {
    ...host,
    writeAtomic: (path, bytes, ownership, lastLook) => host.writeAtomic(path, bytes, mine(ownership), lastLook),
    makeDirectory: (path, ownership) => host.makeDirectory(path, mine(ownership)),
    setOwnership: (path, ownership) => host.setOwnership(path, mine(ownership))
  }
}
