/** What becomes of a directory that must be writable. */
export type PlaceRule = 'volume' | 'whole' | 'nothing' | 'unless-own' | 'never'

/** A place of a container's file system, and whether an empty volume there does. */
export interface WritablePlace {
  readonly path: string
  /**
   * For the directory itself: `volume`: it becomes one; `nothing`: it can be written without; `unless-own`: only when the
   * program made it; `never`.
   */
  readonly at: PlaceRule
  /** For those below it; `whole`: the place becomes the volume. */
  readonly below: PlaceRule
  readonly why: string
}

const IMAGE = 'an empty directory there would hide the files that the image brings'
const PROGRAMS = 'an empty directory there would hide programs and libraries of the image'
const KERNEL = 'the kernel'
const KUBELET = 'the kubelet mounts it'

/** The places with a rule; of several that hold a path the longest counts. /var/run and /var/lock are looked up as below /run. */
// prettier-ignore
export const WRITABLE_PLACES = [
  { path: '/', at: 'never', below: 'volume', why: 'an empty directory there would hide all of the image' },
  ...['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/libexec', '/usr', '/boot'].map(path => ({ path, at: 'never', below: 'never', why: PROGRAMS }) as const),
  { path: '/etc', at: 'never', below: 'unless-own', why: IMAGE },
  ...['/opt', '/app', '/home', '/root', '/srv', '/var/www', '/docker-entrypoint-initdb.d'].map(path => ({ path, at: 'unless-own', below: 'unless-own', why: IMAGE }) as const),
  ...['/var', '/var/lib', '/var/cache', '/var/spool'].map(path => ({ path, at: 'unless-own', below: 'volume', why: IMAGE }) as const),
  ...['dpkg', 'rpm', 'apt'].map(name => ({ path: `/var/lib/${name}`, at: 'never', below: 'never', why: 'the list of installed packages is there' }) as const),
  ...['/tmp', '/var/tmp'].map(path => ({ path, at: 'volume', below: 'whole', why: 'temporary files' }) as const),
  ...['/run', '/run/lock', '/var/log'].map(path => ({ path, at: 'volume', below: 'volume', why: 'state of a running program' }) as const),
  ...['/proc', '/sys', '/dev'].map(path => ({ path, at: 'nothing', below: 'nothing', why: KERNEL }) as const),
  ...['/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/run/secrets/kubernetes.io'].map(path => ({ path, at: 'nothing', below: 'nothing', why: KUBELET }) as const)
] as const satisfies readonly WritablePlace[]

const PLACES: ReadonlyMap<string, WritablePlace> = new Map(WRITABLE_PLACES.map(place => [place.path, place]))

/** The rule for a directory, and why. */
export const placeOf = (
  directory: string
): { readonly place: string; readonly rule: PlaceRule; readonly why: string } => {
  const steps = directory.split('/', DEEPEST + 1).slice(1)
  for (let length = steps.length; length >= 0; length--) {
    const place = PLACES.get(`/${steps.slice(0, length).join('/')}`)
    if (place) return { place: place.path, rule: place.path === directory ? place.at : place.below, why: place.why }
  }
  return { place: '/', rule: 'volume', why: '' }
}

const DEEPEST = 4
