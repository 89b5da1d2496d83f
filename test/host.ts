import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { posix } from 'node:path'
import fc from 'fast-check'
import fsExtra from 'fs-extra'
import t, { type Test } from 'tap'
import { AuditError, type ErrorCode } from '../src/errors.ts'
import { allOrNone, fileStep } from '../src/host/all-or-none.ts'
import { sweepTemporaries, writeAtomic, type WriteCalls } from '../src/host/atomic-write.ts'
import { nodeHost } from '../src/host/node-host.ts'
import { ownFiles } from '../src/host/own-files.ts'
import { resolveInRoot, rootedPaths } from '../src/host/resolve-in-root.ts'
import { covers, hostPath } from '../src/paths.ts'

const isRoot = process.geteuid?.() === 0
const needsRoot = { skip: isRoot ? false : 'NEEDS ROOT: owners, mounts' }
const mine = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }

const codeOf = (run: () => unknown): ErrorCode | undefined => {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof AuditError) return error.code
    throw error
  }
}

const rootOf = (t: Test, tree: Parameters<Test['testdir']>[0] = {}): string => fs.realpathSync(t.testdir(tree))

const kernel = (path: string): string | null => {
  try {
    return fs.realpathSync.native(path)
  } catch {
    return null
  }
}

const NAMES = ['/a', '/b', '/c'].flatMap(name => [name, `${name}/a`, `${name}/b`, `${name}/c`])

// Every name is a directory, but where the tree has a link; absolute links get the root in front, as chroot would.
const plant = (root: string, tree: Readonly<Record<string, string>>): ReadonlyMap<string, string> => {
  const made = new Map<string, string>()
  for (const name of NAMES) {
    const to = tree[name]
    if (made.has(posix.dirname(name))) continue
    if (to === undefined) fs.mkdirSync(root + name)
    else fs.symlinkSync(to.startsWith('/') ? root + to : to, root + name)
    if (to !== undefined) made.set(name, to)
  }
  return made
}

t.test('resolveInRoot', async t => {
  const name = fc.constantFrom('a', 'b', 'c')
  const parts = fc.array(fc.constantFrom('a', 'b', 'c', '..', '.'), { minLength: 1, maxLength: 4 })
  const target = fc.tuple(fc.boolean(), parts).map(([absolute, names]) => (absolute ? '/' : '') + names.join('/'))
  const links = fc.dictionary(
    fc.array(name, { minLength: 1, maxLength: 2 }).map(names => `/${names.join('/')}`),
    target
  )
  const path = parts.map(names => `/${names.join('/')}`)

  t.test('agrees with the kernel for links that stay inside', async t => {
    const base = rootOf(t)
    let [compared, runs] = [0, 0]
    fc.assert(
      fc.property(links, path, (tree, wanted) => {
        const root = `${base}/${(runs += 1)}/deep/er/than/four/names`
        fs.mkdirSync(root, { recursive: true })
        const made = plant(root, tree)
        const real = kernel(root + wanted)
        if (real === null || !covers(root, real)) return
        compared += 1
        t.equal(
          resolveInRoot(wanted, at => made.get(at) ?? null),
          real.slice(root.length) || '/'
        )
      }),
      { numRuns: 300 }
    )
    t.ok(compared > 30, `${compared} of ${runs} trees had such a path`)
  })

  t.test('gives a path inside, without `..`, and to the kernel no link', async () => {
    fc.assert(
      fc.property(links, path, (tree, wanted) => {
        const readlink = (at: string): string | null => tree[at] ?? null
        let found: string
        try {
          found = resolveInRoot(wanted, readlink)
        } catch (error) {
          return error instanceof Error && 'code' in error && error.code === 'ELOOP'
        }
        const prefixes = found.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'))
        return posix.normalize(found) === found && prefixes.every(prefix => readlink(prefix) === null)
      }),
      { numRuns: 1000 }
    )
  })

  const chain =
    (length: number) =>
    (at: string): string | null => {
      const index = Number(at.slice(2))
      return at.startsWith('/l') && index < length ? `l${index + 1}` : null
    }
  t.equal(resolveInRoot('/l0', chain(40)), '/l40')
  t.throws(() => resolveInRoot('/l0', chain(41)), { code: 'ELOOP' })
})

t.test('files below a root', async t => {
  const outside = rootOf(t, { secret: 'outside', root: { etc: { real: { file: 'inside' } }, var: {} } })
  const root = `${outside}/root`
  const host = nodeHost({ root })
  fs.symlinkSync('/etc/real', `${root}/etc/absolute`)
  fs.symlinkSync('../../../../../../../../etc/real', `${root}/etc/climbing`)
  fs.symlinkSync('../../secret', `${root}/etc/escape`)
  fs.symlinkSync('loop', `${root}/etc/loop`)
  fs.symlinkSync('/etc/real/file', `${root}/etc/link`)

  for (const name of ['real', 'absolute', 'climbing']) {
    t.equal(host.read(hostPath(`/etc/${name}/file`), 100)?.toString(), 'inside', name)
    t.equal(host.resolve(hostPath(`/etc/${name}/file`)), '/etc/real/file', name)
  }
  t.equal(host.read(hostPath('/etc/escape'), 100), null, 'a link that leaves the root leads to nothing')
  t.equal(host.stat(hostPath('/etc/escape')), null)
  t.equal(host.lstat(hostPath('/etc/escape'))?.kind, 'symlink')
  t.throws(() => host.stat(hostPath('/etc/loop/x')), { code: 'CANNOT_READ', message: /\/etc\/loop\/x: ELOOP/ })
  t.equal(
    codeOf(() => host.stat(hostPath('/etc/a\0b'))),
    'BAD_PATH'
  )
  t.equal(
    codeOf(() => nodeHost({ root: '/' }).stat(hostPath('/etc/a\0b'))),
    'BAD_PATH'
  )
  t.equal(host.stat(hostPath('/'))?.kind, 'directory')

  host.writeAtomic(hostPath('/etc/absolute/new'), Buffer.from('x'), { mode: 0o640, ...mine })
  t.equal(fs.readFileSync(`${root}/etc/real/new`, 'utf8'), 'x', 'a write through a linked directory stays inside')
  t.throws(() => host.writeAtomic(hostPath('/etc/link'), Buffer.from('x'), { mode: 0o600, ...mine }), {
    code: 'SYMLINK'
  })
  t.equal(fs.readFileSync(`${root}/etc/real/file`, 'utf8'), 'inside')

  t.equal(
    codeOf(() => nodeHost({ root: `${outside}/nothing` })),
    'NOT_FOUND'
  )
  t.equal(
    codeOf(() => nodeHost({ root: `${outside}/secret` })),
    'WRONG_KIND'
  )
  t.equal(nodeHost({ root: `${outside}/./root/../root/` }).root, root)
})

t.test('reading', async t => {
  const root = rootOf(t, { file: '0123456789', directory: { b: '', a: '' } })
  const host = nodeHost({ root })
  const at = hostPath
  t.equal(host.read(at('/file'), 10)?.toString(), '0123456789')
  t.throws(() => host.read(at('/file'), 9), { code: 'TOO_LARGE', path: '/file' })
  t.equal(host.read(at('/nothing'), 9), null)
  t.equal(host.read(at('/file/below'), 9), null)
  t.throws(() => host.read(at('/directory'), 9), {
    code: 'WRONG_KIND',
    message: '/directory is a directory, wanted a file'
  })
  t.equal(host.readFrom(at('/file'), 7, 100).toString(), '789')
  t.equal(host.readFrom(at('/file'), 2, 3).toString(), '234')
  t.equal(host.readFrom(at('/file'), 99, 3).length, 0)
  t.equal(host.readFrom(at('/nothing'), 0, 3).length, 0)
  t.same(host.list(at('/directory')), ['a', 'b'])
  t.equal(host.list(at('/nothing')), null)
  t.throws(() => host.list(at('/file')), {
    code: 'CANNOT_READ',
    message: 'cannot read /file: ENOTDIR (not a directory)'
  })
  t.ok(host.freeBytes(at('/file')) > 0)
  t.equal(host.freeBytes(at('/nothing/at/all')) > 0, true, 'of the nearest directory that is there')
  const machine = nodeHost({ root: '/' })
  t.ok((machine.read(at('/proc/self/status'), 10_000)?.length ?? 0) > 100, 'also where stat says 0 bytes')
  t.throws(() => machine.read(at('/proc/self/status'), 50), { code: 'TOO_LARGE' })
  t.match(host.stat(at('/file')), { kind: 'file', size: 10, links: 1, ...mine })

  t.equal(spawnSync('mkfifo', [`${root}/fifo`]).status, 0)
  t.throws(() => host.read(at('/fifo'), 9), { code: 'WRONG_KIND', message: /fifo/ }, 'and does not wait for a writer')
  t.throws(() => host.appendLine(at('/fifo'), 'x'), { code: 'WRONG_KIND', message: /fifo/ }, 'nor for a reader')
})

t.test('writeAtomic', async t => {
  const path = hostPath('/manifests/kube-apiserver.yaml')
  const bytes = Buffer.alloc(300_000, 'new\n')
  const ownership = { mode: 0o640, ...mine }

  const fresh = (t: Test) => {
    const root = rootOf(t, { manifests: { 'kube-apiserver.yaml': 'old' } })
    fs.chmodSync(`${root}/manifests/kube-apiserver.yaml`, 0o600)
    return { root, at: rootedPaths(root), file: `${root}/manifests/kube-apiserver.yaml` }
  }

  t.test('replaces and makes files with exactly this mode, whatever the umask', async t => {
    const { root, file } = fresh(t)
    const inode = fs.statSync(file).ino
    const umask = process.umask(0o077)
    t.teardown(() => process.umask(umask))
    nodeHost({ root }).writeAtomic(path, bytes, ownership)
    t.ok(fs.readFileSync(file).equals(bytes))
    t.equal(fs.statSync(file).mode & 0o7777, 0o640)
    t.not(fs.statSync(file).ino, inode, 'another inode: who has the old file open still reads old bytes')
    nodeHost({ root }).writeAtomic(hostPath('/manifests/empty'), Buffer.alloc(0), { ...ownership, mode: 0o4711 })
    t.equal(fs.statSync(`${root}/manifests/empty`).mode & 0o7777, 0o4711)
    t.same(fs.readdirSync(`${root}/manifests`).sort(), ['empty', 'kube-apiserver.yaml'])
  })

  t.test('sets the owner', needsRoot, async t => {
    const { root, file } = fresh(t)
    nodeHost({ root }).writeAtomic(path, bytes, { mode: 0o600, uid: 65532, gid: 65533 })
    t.match(fs.statSync(file), { uid: 65532, gid: 65533 })
  })

  t.test('the temporary file has a dot, is restricted first, and is closed and synced before the rename', async t => {
    const { at } = fresh(t)
    const log: string[] = []
    const calls = recorded(log)
    writeAtomic(at, path, Buffer.from('x'), ownership, undefined, {
      ...calls,
      openSync: (file, flags, mode) => {
        log.push(`${posix.basename(String(file)).replace(/[0-9a-f]{12}$/, '…')} ${Number(mode ?? 0).toString(8)}`)
        return calls.openSync(file, flags, mode)
      }
    })
    t.same(log, [
      'lstatSync',
      '.kube-apiserver.yaml.auditpatch-… 600',
      'openSync',
      'writeSync',
      'fchownSync',
      'fchmodSync',
      'fstatSync',
      'fsyncSync',
      'closeSync',
      'renameSync',
      'manifests 0',
      'openSync',
      'fsyncSync',
      'closeSync'
    ])
  })

  t.test('a failure of any call leaves the old file and nothing beside it', async t => {
    const names = [
      'lstatSync',
      'openSync',
      'writeSync',
      'fchownSync',
      'fchmodSync',
      'fsyncSync',
      'closeSync',
      'renameSync'
    ]
    for (const name of names) {
      for (const errno of ['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT', 'EIO']) {
        const { root, at, file } = fresh(t)
        t.throws(
          () => writeAtomic(at, path, bytes, ownership, undefined, failing(name, 1, errno)),
          { code: 'CANNOT_WRITE', path, message: `cannot write ${path}: ${errno} (injected)` },
          `${name} ${errno}`
        )
        t.equal(fs.readFileSync(file, 'utf8'), 'old', `${name} ${errno}`)
        t.same(fs.readdirSync(`${root}/manifests`), ['kube-apiserver.yaml'], `${name} ${errno}`)
      }
    }
  })

  t.test('what someone writes after the last look is not lost', async t => {
    const theirs = 'theirs, after the last look'
    const inPlace = (file: string): void => fs.writeFileSync(file, theirs)
    const byRename = (file: string): void => {
      fs.writeFileSync(`${file}~`, theirs)
      fs.renameSync(`${file}~`, file)
    }
    const after =
      (wanted: string, nth: number, act: () => void): ((name: string, call: AnyCall) => AnyCall) =>
      (name, call) => {
        let count = 0
        return (...args) => {
          const result = call(...args)
          if (name === wanted && (count += 1) === nth) act()
          return result
        }
      }
    const nothing = (): void => undefined
    // the calls of lstat: is it a file, what is held, what is there just before the rename
    for (const [moment, nth, edit] of [
      ['in place, and the look does not see it', 2, inPlace],
      ['by rename, and the look does not see it', 2, byRename],
      ['in place, just before the rename', 3, inPlace]
    ] as const) {
      const { root, at, file } = fresh(t)
      const calls = wrapped(after('lstatSync', nth, () => edit(file)))
      t.throws(
        () => writeAtomic(at, path, bytes, ownership, nothing, calls),
        { code: 'CHANGED_SINCE_READ', path },
        moment
      )
      t.equal(fs.readFileSync(file, 'utf8'), theirs, moment)
      t.same(fs.readdirSync(`${root}/manifests`), ['kube-apiserver.yaml'], moment)
    }
  })

  t.test('a file system without second names', async t => {
    const { root, at, file } = fresh(t)
    for (const errno of ['EPERM', 'ENOTSUP', 'EMLINK'])
      writeAtomic(at, path, bytes, ownership, () => undefined, failing('linkSync', 1, errno))
    t.ok(fs.readFileSync(file).equals(bytes))
    t.same(fs.readdirSync(`${root}/manifests`), ['kube-apiserver.yaml'])
    const full = failing('linkSync', 1, 'ENOSPC')
    t.throws(() => writeAtomic(at, path, bytes, ownership, () => undefined, full), { code: 'CANNOT_WRITE' })
  })

  t.test('after the rename a failure says that the file is replaced', async t => {
    const { at, file } = fresh(t)
    t.throws(() => writeAtomic(at, path, bytes, ownership, undefined, failing('fsyncSync', 2, 'EIO')), {
      code: 'CANNOT_WRITE',
      message: `replaced the file, but cannot sync the directory of ${path}: EIO (injected)`
    })
    t.ok(fs.readFileSync(file).equals(bytes))
    t.doesNotThrow(
      () => writeAtomic(at, path, bytes, ownership, undefined, failing('fsyncSync', 2, 'EINVAL')),
      'a file system that cannot sync directories'
    )
  })

  t.test('short writes and signals are no failure', async t => {
    const { at, file } = fresh(t)
    let turn = 0
    const short = ((descriptor: number, piece: Uint8Array, offset: number, length: number) => {
      turn += 1
      if (turn % 3 === 0) throw Object.assign(new Error('EINTR: injected'), { code: 'EINTR' })
      return fs.writeSync(descriptor, piece, offset, Math.min(length, 10_007))
      // The one overload that the write loop uses.
    }) as WriteCalls['writeSync']
    writeAtomic(at, path, bytes, ownership, undefined, { ...fsExtra, writeSync: short })
    t.ok(fs.readFileSync(file).equals(bytes))
    t.ok(turn > 30)
    writeAtomic(at, path, Buffer.from('again'), ownership, undefined, failing('fsyncSync', 1, 'EINTR'))
    t.equal(fs.readFileSync(file, 'utf8'), 'again')
    for (const call of ['linkSync', 'renameSync', 'unlinkSync']) {
      writeAtomic(at, path, Buffer.from(call), ownership, () => undefined, failing(call, 1, 'EINTR'))
      t.equal(fs.readFileSync(file, 'utf8'), call)
      t.same(fs.readdirSync(posix.dirname(file)), [posix.basename(file)], `${call}: nothing is left beside it`)
    }
  })

  t.test('an owner that was not taken is a failure, also when the call pretends', async t => {
    const { root, at, file } = fresh(t)
    const pretending = { ...fsExtra, fchownSync: () => undefined }
    const wanted = { mode: 0o600, uid: mine.uid + 1, gid: mine.gid }
    t.throws(() => writeAtomic(at, path, bytes, wanted, undefined, pretending), {
      code: 'CANNOT_WRITE',
      message: /EPERM/
    })
    t.equal(fs.readFileSync(file, 'utf8'), 'old')
    t.same(fs.readdirSync(`${root}/manifests`), ['kube-apiserver.yaml'])
  })

  t.test('other kinds are refused', async t => {
    const { root, at } = fresh(t)
    t.throws(() => writeAtomic(at, hostPath('/manifests'), bytes, ownership), { code: 'WRONG_KIND' })
    fs.symlinkSync('nothing', `${root}/dangling`)
    t.throws(() => writeAtomic(at, hostPath('/dangling'), bytes, ownership), { code: 'SYMLINK' })
    t.throws(() => writeAtomic(at, hostPath('/nothing/x'), bytes, ownership), {
      code: 'CANNOT_WRITE',
      message: /ENOENT/
    })
  })

  t.test('what a failing removal leaves is swept, and nothing else', async t => {
    const { root, at } = fresh(t)
    const broken = failing('renameSync', 1, 'EIO')
    t.throws(
      () =>
        writeAtomic(at, path, bytes, ownership, undefined, {
          ...broken,
          unlinkSync: failing('unlinkSync', 1, 'EROFS').unlinkSync
        }),
      {
        message: /EIO/
      }
    )
    const [left] = fs.readdirSync(`${root}/manifests`)
    t.match(left, /^\.kube-apiserver\.yaml\.auditpatch-[0-9a-f]{12}$/)
    const others = [
      '.kube-apiserver.yaml.swp',
      'a.auditpatch-0123456789ab',
      '.kube-apiserver.yaml.auditpatch-0123',
      '.policy.yaml.auditpatch-0123456789ab',
      '.kube-apiserver.yaml.auditpatch-0123456789ab'
    ]
    for (const name of others.slice(0, 4)) fs.writeFileSync(`${root}/manifests/${name}`, '')
    fs.mkdirSync(`${root}/manifests/${others[4]}`)
    const host = nodeHost({ root })
    t.same(sweepTemporaries(host, [path]), [`/manifests/${left}`])
    t.same(fs.readdirSync(`${root}/manifests`), [...others, 'kube-apiserver.yaml'].sort())
    t.same(sweepTemporaries(host, [hostPath('/nothing/a')]), [])
  })
})

const recorded = (log: string[]): WriteCalls =>
  wrapped((name, call) => (...args) => {
    log.push(name)
    return call(...args)
  })

const failing = (wanted: string, nth: number, errno: string): WriteCalls => {
  let count = 0
  return wrapped((name, call) => (...args) => {
    if (name !== wanted || (count += 1) !== nth) return call(...args)
    // Close has its effect also when it reports an error.
    if (name === 'closeSync') call(...args)
    throw Object.assign(new Error(`${errno}: injected, ${name}`), { code: errno })
  })
}

type AnyCall = (...args: unknown[]) => unknown

const wrapped = (wrap: (name: string, call: AnyCall) => AnyCall): WriteCalls => {
  const names = [
    'closeSync',
    'fchmodSync',
    'fchownSync',
    'fstatSync',
    'fsyncSync',
    'linkSync',
    'lstatSync',
    'openSync',
    'renameSync',
    'unlinkSync',
    'writeSync'
  ] as const
  // Each wrapper passes its arguments on unchanged, so that the record has the types of the original.
  return Object.fromEntries(names.map(name => [name, wrap(name, fsExtra[name] as AnyCall)])) as unknown as WriteCalls
}

t.test('files of a node that nobody serves belong to who makes them', async t => {
  const host = ownFiles(nodeHost({ root: t.testdir({}) }))
  const server = { uid: host.uid + 1, gid: host.gid + 1 }
  host.makeDirectory(hostPath('/logs'), { ...server, mode: 0o755 })
  host.writeAtomic(hostPath('/logs/policy'), Buffer.from('x'), { ...server, mode: 0o600 })
  host.setOwnership(hostPath('/logs'), { ...server, mode: 0o700 })
  const mine = { uid: host.uid, gid: host.gid }
  t.match(host.stat(hostPath('/logs')), { ...mine, mode: 0o700 })
  t.match(host.stat(hostPath('/logs/policy')), { ...mine, mode: 0o600 })
})

t.test('a file that keeps its bytes needs no way back', async t => {
  const host = nodeHost({ root: t.testdir({ file: 'same' }) })
  const refuse = (): never => {
    throw new AuditError('CANNOT_WRITE', 'an immutable file')
  }
  const owner = { mode: 0o600, uid: host.uid, gid: host.gid }
  const same = Buffer.from('same')
  const step = fileStep({ ...host, writeAtomic: refuse }, hostPath('/file'), { before: same, after: same, owner })
  t.throws(() => allOrNone([step]), { code: 'CANNOT_WRITE' }, 'not NOT_ROLLED_BACK')
})

t.test('the other writers', async t => {
  const root = rootOf(t, { file: 'x', full: { a: '' } })
  const host = nodeHost({ root })
  const at = hostPath
  const umask = process.umask(0o077)
  t.teardown(() => process.umask(umask))

  host.makeDirectory(at('/made'), { mode: 0o755, ...mine })
  t.equal(fs.statSync(`${root}/made`).mode & 0o7777, 0o755)
  t.throws(() => host.makeDirectory(at('/made'), { mode: 0o755, ...mine }), { code: 'CANNOT_WRITE', message: /EEXIST/ })
  t.throws(() => host.makeDirectory(at('/no/parent'), { mode: 0o755, ...mine }), {
    code: 'CANNOT_WRITE',
    message: /ENOENT/
  })
  host.setOwnership(at('/file'), { mode: 0o604, ...mine })
  t.equal(fs.statSync(`${root}/file`).mode & 0o7777, 0o604)
  fs.symlinkSync('file', `${root}/link`)
  t.throws(() => host.setOwnership(at('/link'), { mode: 0o777, ...mine }), { message: /ELOOP/ })

  t.equal(host.link(at('/file'), at('/second')), true)
  t.equal(host.link(at('/file'), at('/second')), false)
  t.equal(host.stat(at('/second'))?.links, 2)
  t.throws(() => host.link(at('/nothing'), at('/third')), { code: 'CANNOT_WRITE' })
  host.rename(at('/second'), at('/made/third'))
  t.equal(host.stat(at('/second')), null)
  t.equal(host.read(at('/made/third'), 9)?.toString(), 'x')
  t.throws(() => host.rename(at('/nothing'), at('/x')), {
    message: 'cannot rename /nothing to /x: ENOENT (no such file or directory)'
  })

  host.removeFile(at('/link'))
  t.equal(host.lstat(at('/link')), null)
  t.equal(host.read(at('/file'), 9)?.toString(), 'x', 'only the link went')
  host.removeFile(at('/link'))
  t.throws(() => host.removeFile(at('/full')), { code: 'CANNOT_WRITE' })
  t.equal(host.removeDirectory(at('/full')), false)
  host.removeFile(at('/full/a'))
  t.equal(host.removeDirectory(at('/full')), true)
  t.equal(host.removeDirectory(at('/full')), false)

  host.appendLine(at('/log'), 'one')
  host.appendLine(at('/log'), 'two')
  t.equal(fs.readFileSync(`${root}/log`, 'utf8'), 'one\ntwo\n')
  t.equal(fs.statSync(`${root}/log`).mode & 0o7777, 0o600)
  fs.symlinkSync('file', `${root}/linked-log`)
  t.throws(() => host.appendLine(at('/linked-log'), 'x'), { code: 'CANNOT_WRITE', message: /ELOOP/ })
  t.throws(() => host.appendLine(at('/made'), 'x'), { code: 'CANNOT_WRITE', message: /EISDIR/ })
})

t.test('owners of directories', needsRoot, async t => {
  const root = rootOf(t)
  const host = nodeHost({ root })
  host.makeDirectory(hostPath('/d'), { mode: 0o2750, uid: 65532, gid: 65533 })
  t.match(host.stat(hostPath('/d')), { mode: 0o2750, uid: 65532, gid: 65533 })
  host.setOwnership(hostPath('/d'), { mode: 0o700, uid: 0, gid: 0 })
  t.match(host.stat(hostPath('/d')), { mode: 0o700, uid: 0, gid: 0 })
})
