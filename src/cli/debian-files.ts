import type { BundledPackage } from '../host/bundled-packages.ts'
import { wrapText } from '../render/paint.ts'
import { RUN_LOG } from '../host/run-log.ts'
import { STATE_DIRECTORY } from '../host/state-directory.ts'
import { option } from './options.ts'
import { licenceTexts } from './third-party.ts'

/** What the Debian package says of itself. */
export interface DebianPackage {
  readonly version: string
  readonly architecture: string
  /** As `Name <address>`. */
  readonly maintainer: string
  /** Size of the files in KiB. */
  readonly installedSize: number
}

/** The version as dpkg orders it: what npm calls 1.0.0-rc.1 comes before 1.0.0. */
export const debianVersion = (version: string): string => version.replace('-', '~')

/** The file `control`. */
export const debianControl = ({ version, architecture, maintainer, installedSize }: DebianPackage): string =>
  `Package: auditpatch
Version: ${debianVersion(version)}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${installedSize}
Depends: libc6 (>= 2.17)
Section: admin
Priority: optional
Description: switch on audit logging of a kubeadm control plane
 auditpatch edits the manifest of the static pod kube-apiserver as text: audit
 flags, hostPath volumes and mounts go in, every other byte stays. It backs up,
 shows the diff, writes, waits for the new kube-apiserver, proves that an event
 reached the log, and puts everything back when that fails.
 .
 It also finds what is wrong with a node and its audit policy, says why
 kube-apiserver does not come back, and keeps the settings over kubeadm upgrade.
`

/** The changelog in Debian's form: what CHANGELOG.md says of this version. Throws where it says nothing. */
export const debianChangelog = (changelog: string, version: string, maintainer: string, date: Date): string => {
  const part = changelog.split(/^## /m).find(each => each.split(/\s/)[0] === version)
  const items = (part ?? '').split(/^- /m).slice(1)
  if (items.length === 0) throw new Error(`CHANGELOG.md has no entries below "## ${version}"`)
  const lines = items.flatMap(item =>
    wrapText(item.trim().replace(/\s+/g, ' '), 74).map((line, index) => `${index === 0 ? '  * ' : '    '}${line}`)
  )
  // the form of RFC 5322, in UTC
  const when = date.toUTCString().replace('GMT', '+0000')
  return `auditpatch (${debianVersion(version)}) unstable; urgency=medium\n\n${lines.join('\n')}\n\n -- ${maintainer}  ${when}\n`
}

/** README.Debian: what an administrator has to know of the package, not of the program. */
export const debianReadme = (): string => `auditpatch for Debian
=====================

The package has no configuration, no service and no maintainer scripts. The
program changes a node only when it is told to: see auditpatch(1).

What stays when the package is removed or purged
------------------------------------------------

* ${option('backup-dir').default ?? ''}, the backup sets
* ${RUN_LOG}, a line for every run
* the manifest, audit policy, webhook kubeconfig and audit logs of the node

Removing the program does not undo its work: kube-apiserver goes on with the
manifest that it has. The backup sets are then the only way back to the bytes
from before, and the log is the only record of who changed the node and when.
They belong to the node, not to the package. To take the audit settings out,
run "auditpatch remove" before the package is removed. What is not wanted any
more:

    rm -r ${STATE_DIRECTORY} ${RUN_LOG}

The program is one file
-----------------------

/usr/bin/auditpatch is a JavaScript runtime with the program in a section of
the file. It must not be stripped: what is left then is the runtime alone. The
file "copyright" names the parts.
`

/** Why lintian is told to accept something, by its tag: all of it is how the runtime is built. */
const OVERRIDES: readonly (readonly [tag: string, reason: string])[] = [
  ['embedded-library', 'the runtime is published as one program with its libraries, and is not built here'],
  ['hardening-no-pie', 'the runtime is linked so by those who publish it'],
  ['hardening-no-relro', 'the runtime is linked so by those who publish it'],
  [
    'unstripped-binary-or-object',
    'the runtime keeps the program in a section of the file: what strip leaves is the runtime alone'
  ]
]

/** The file of lintian's overrides, each with its reason. */
export const lintianOverrides = (): string =>
  OVERRIDES.map(([tag, reason]) => `# ${reason}\nauditpatch: ${tag}\n`).join('')

// the parts of the runtime that ask for more than to be named are told of in full by its own page
const RUNTIME = `/usr/bin/auditpatch is built with Bun, https://github.com/oven-sh/bun, which is
under the MIT (Expat) license. Bun contains, linked statically:

* JavaScriptCore and parts of WebCore, of WebKit: LGPL-2 and BSD. The text of
  the LGPL is in /usr/share/common-licenses/LGPL-2. The source that Bun uses is
  https://github.com/oven-sh/webkit; how to link Bun with a changed one is told
  in https://github.com/oven-sh/bun/blob/main/LICENSE.md
* TinyCC: LGPL-2.1, /usr/share/common-licenses/LGPL-2.1
* BoringSSL, ICU, libarchive, libjpeg-turbo: several licenses, all of them free
* simdutf, uSockets, uWebSockets, highway, parts of TigerBeetle: Apache-2.0,
  /usr/share/common-licenses/Apache-2.0; a part of libc++abi: Apache-2.0 with
  the LLVM exception
* brotli, c-ares, libdeflate, ls-hpack, ls-qpack, lsquic, mimalloc,
  picohttpparser, uucode: MIT
* libbase64, libspng: BSD-2-Clause; libwebp, lol-html, zstd: BSD-3-Clause
* zlib-ng: zlib

The list with all links: https://github.com/oven-sh/bun/blob/main/LICENSE.md`

/** The file `copyright`: whose work is in the package, under which terms. */
export const debianCopyright = (packages: readonly BundledPackage[], year: number): string =>
  [
    `auditpatch
Copyright ${year} the authors of auditpatch
License: Apache-2.0; the text is in /usr/share/common-licenses/Apache-2.0`,
    RUNTIME,
    licenceTexts(packages)
  ].join('\n\n')
