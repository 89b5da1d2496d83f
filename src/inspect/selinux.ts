import type { HostReader } from '../host/host.ts'
import { type HostPath, hostPath } from '../paths.ts'

const ENFORCE = hostPath('/sys/fs/selinux/enforce')

/** The SELinux contexts of files that are there; null where SELinux is not enforcing. */
export const selinuxContexts = async (
  host: HostReader,
  paths: readonly HostPath[]
): Promise<ReadonlyMap<HostPath, string> | null> => {
  if (host.readFrom(ENFORCE, 0, 1).toString('latin1') !== '1') return null
  const { stdout } = await host.exec('stat', ['--printf=%C %n\\n', '--', ...paths], 2000)
  return new Map(
    stdout.split('\n').flatMap(line => {
      const [, context, path] = /^(\S+) (\/.*)$/.exec(line) ?? []
      return context === undefined || path === undefined || context === '?' ? [] : [[hostPath(path), context]]
    })
  )
}
