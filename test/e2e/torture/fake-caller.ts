import { existsSync } from 'node:fs'
import type { Victim } from './fake-victim.ts'

/** The calls that `CALLER` makes, each of which changes the disk. */
export const MADE =
  `openat write pwrite64 writev pwritev2 ftruncate truncate fallocate fsync fdatasync sync_file_range rename
  renameat renameat2 link linkat symlink symlinkat unlink unlinkat rmdir mkdir mkdirat mknodat chmod fchmod fchmodat chown
  fchown lchown fchownat copy_file_range sendfile splice utimensat setxattr fsetxattr`.split(/\s+/)

const PYTHON = '/usr/bin/python3'

/** Why the calls cannot be made; false where they can. */
export const noPython = !existsSync(PYTHON) && process.env.CI === undefined && 'NEEDS /usr/bin/python3'

// an attribute that a file system does not take is a call all the same
const SCRIPT = `
import ctypes, os, shutil
top = os.path.join(os.getcwd(), 'made')
shutil.rmtree(top, ignore_errors=True)
at = lambda name: os.path.join(top, name)
libc = ctypes.CDLL(None)
os.mkdir(top)
above = os.open(top, os.O_RDONLY)
os.mkdir('b', dir_fd=above)
file = os.open(at('a'), os.O_RDWR | os.O_CREAT, 0o600)
other = os.open(at('c'), os.O_RDWR | os.O_CREAT, 0o600)
os.write(file, b'one')
os.pwrite(file, b'two', 3)
os.writev(file, [b'three'])
os.pwritev(file, [b'four'], 2, os.RWF_DSYNC)
os.ftruncate(file, 5)
os.truncate(at('a'), 4)
os.posix_fallocate(file, 0, 8)
os.fsync(file)
os.fdatasync(file)
libc.sync_file_range(file, ctypes.c_long(0), ctypes.c_long(0), 2)
os.copy_file_range(file, other, 2, 0)
os.sendfile(other, file, 0, 2)
reader, writer = os.pipe()
os.write(writer, b'x')
os.splice(reader, other, 1)
os.rename(at('c'), at('d'))
os.rename('d', 'e', src_dir_fd=above, dst_dir_fd=above)
libc.renameat2(above, b'e', above, b'f', 1)
os.link(at('a'), at('g'))
os.link('a', 'h', src_dir_fd=above, dst_dir_fd=above)
os.symlink('a', at('i'))
os.symlink('a', 'j', dir_fd=above)
os.unlink(at('g'))
os.unlink('h', dir_fd=above)
os.rmdir(at('b'))
os.mkfifo(at('k'))
os.chmod(at('a'), 0o640)
os.fchmod(file, 0o644)
os.chmod('a', 0o600, dir_fd=above)
os.chown(at('a'), -1, -1)
os.fchown(file, -1, -1)
os.lchown(at('i'), -1, -1)
os.chown('a', -1, -1, dir_fd=above)
os.utime(at('a'), (1, 1))
for path in (at('a'), file):
    try:
        os.setxattr(path, 'user.a', b'b')
    except OSError:
        pass
`

/** Stands for a program that makes every call there is: of those that the campaign strikes none may be missing. */
export const CALLER: Victim = {
  name: 'every call',
  kind: 'writer',
  make: () => Promise.resolve(),
  program: [PYTHON, '-c', SCRIPT],
  args: () => [],
  watched: []
}
