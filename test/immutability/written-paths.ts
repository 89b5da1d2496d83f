import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { changesFiles, commandWrites } from '../../src/immutability/written/command-writes.ts'
import { execCommandOf } from '../../src/immutability/written/exec-command.ts'
import { installsCode } from '../../src/immutability/written/installs-code.ts'
import { linuxAuditWrites, looksLikeLinuxAudit } from '../../src/immutability/written/linux-audit-writes.ts'
import { readStrace, straceWrites } from '../../src/immutability/written/strace-writes.ts'
import { writableDirectories } from '../../src/immutability/written/writable-directories.ts'
import type { WrittenPath } from '../../src/immutability/written/written-path.ts'
import { diceFrom } from '../oracle/dice.ts'

const IS_LONG = process.env['AUDITPATCH_LONG'] !== undefined

/** `/a` for a file, `/a/` for a directory, with `!` where the program made the directory. */
const short = (written: readonly WrittenPath[]): string =>
  written.map(each => `${each.path}${each.kind === 'file' ? '' : '/'}${each.isOwnDirectory ? '!' : ''}`).join(' ')

t.test('what a trace says was written', async t => {
  const rows: readonly { name: string; in: string; want: string; skipped?: number }[] = [
    {
      name: 'a file that is made',
      in: 'openat(AT_FDCWD, "/var/a", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3',
      want: '/var/a'
    },
    {
      name: 'a file that is read',
      in: 'openat(AT_FDCWD, "/var/a", O_RDONLY|O_CLOEXEC) = 3\nopen("/b", O_RDONLY) = 4',
      want: ''
    },
    { name: 'a numeric flag', in: 'open("/a", 0x241, 0666) = 3\nopen("/b", 0x80000) = 4', want: '/a' },
    {
      name: 'openat2',
      in: 'openat2(AT_FDCWD, "/a", {flags=O_RDWR|O_CREAT, mode=0666, resolve=0}, 24) = 3',
      want: '/a'
    },
    { name: 'no name', in: 'openat(AT_FDCWD, "/var/x", O_RDWR|O_TMPFILE, 0600) = 3</var/x/#12>', want: '/var/x/' },
    {
      name: 'what only the read-only root refused',
      in: 'open("/a", O_RDWR) = -1 EROFS (Read-only file system)\nunlink("/b") = -1 EROFS (x)',
      want: '/a /b'
    },
    {
      name: 'what failed for another reason',
      in: 'open("/a/b", O_CREAT|O_WRONLY, 0666) = -1 ENOENT (No)\nopen("/c", O_RDWR) = -1 EACCES (P)\nopen("/d", O_CREAT|O_EXCL|O_RDWR, 0) = -1 EEXIST (F)\nmkdir("/e", 0777) = -1 EEXIST (F)\nunlink("/f") = ? ERESTARTSYS',
      want: ''
    },
    {
      name: 'a directory of its own',
      in: 'mkdir("/opt/x", 0777) = 0\nopen("/opt/x/f", O_CREAT, 0) = 3\nopen("/opt/y/f", O_CREAT, 0) = 3',
      want: '/opt/x/! /opt/x/f! /opt/y/f'
    },
    {
      name: 'deep in a directory of its own',
      in: 'mkdirat(AT_FDCWD, "/opt/x", 0777) = 0\nopen("/opt/x/a/b/f", O_CREAT, 0) = 3',
      want: '/opt/x/! /opt/x/a/b/f!'
    },
    {
      name: 'a directory of its own under another name',
      in: 'mkdir("/tmp/n", 0777) = 0\nrename("/tmp/n", "/opt/n") = 0\ncreat("/opt/n/f", 0666) = 3',
      want: '/tmp/n/! /tmp/n /opt/n/! /opt/n/f!'
    },
    {
      name: 'mkdir that only the read-only root refused',
      in: 'mkdir("/opt/x", 0777) = -1 EROFS (Read-only file system)',
      want: '/opt/x/!'
    },
    {
      name: 'names',
      in: 'renameat2(AT_FDCWD, "/a", AT_FDCWD, "/b", RENAME_NOREPLACE) = 0\nsymlink("target", "/c") = 0\nsymlinkat("t", AT_FDCWD, "/d") = 0\nlink("/old", "/e") = 0\nlinkat(AT_FDCWD, "/old", AT_FDCWD, "/f", 0) = 0\nmknod("/g", S_IFIFO|0644) = 0\nmknodat(AT_FDCWD, "/h", S_IFCHR|0644, makedev(0x1, 0x3)) = 0\nrmdir("/i") = 0',
      want: '/a /b /c /d /e /f /g /h /i'
    },
    {
      name: 'changes',
      in: 'chmod("/a/b", 0600) = 0\nfchownat(AT_FDCWD, "/c/d", 1, -1, 0) = 0\ntruncate("/e", 3) = 0\nutimensat(AT_FDCWD, "/f", [{tv_sec=1, tv_nsec=0} /* 1970 */, UTIME_NOW], 0) = 0\nlsetxattr("/g", "user.a", "v\\0", 2, 0) = 0\nutimensat(3, NULL, NULL, 0) = 0',
      want: '/a/b /c/d /e /f /g'
    },
    {
      name: 'changes of a directory',
      in: 'chown("/data", 1, 1) = 0\nopen("/data/f", O_CREAT, 0) = 3\nopenat(AT_FDCWD, "/spool", O_RDONLY|O_DIRECTORY) = 4\nchmod("/spool", 0700) = 0',
      want: '/data/ /data/f /spool/'
    },
    {
      name: 'a socket',
      in: 'bind(3<UNIX-STREAM:[12->34]>, {sa_family=AF_UNIX, sun_path="/run/a.sock"}, 110) = 0\nbind(4, {sa_family=AF_UNIX, sun_path=@"abstract"}, 110) = 0\nbind(5, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("0.0.0.0")}, 16) = 0',
      want: '/run/a.sock'
    },
    { name: 'escapes', in: 'creat("/a\\"b\\n\\303\\251\\x41\\\\", 0666) = 3', want: '/a"b\néA\\' },
    {
      name: 'brackets and commas in a name',
      in: 'openat(AT_FDCWD</a, b(c>, "x), y\\" = 3", O_CREAT, 0) = 3',
      want: '/a, b(c/x), y" = 3'
    },
    { name: 'a name that was cut', in: 'creat("/aaa"..., 0666) = 3\ncreat("/b", 0666) = 3', want: '/b', skipped: 1 },
    {
      name: 'a relative name of which nothing is known',
      in: 'creat("a", 0666) = 3\nunlinkat(5, "b", 0) = 0',
      want: '',
      skipped: 2
    },
    {
      name: 'chdir and getcwd',
      in: 'getcwd("/w", 4096) = 3\ncreat("a", 0) = 3\nchdir("../v/./x") = 0\ncreat("b", 0) = 3\nchdir("/no") = -1 ENOENT (N)\ncreat("../c", 0) = 3',
      want: '/w/a /v/x/b /v/c'
    },
    {
      name: 'the paths of -y',
      in: 'fchdir(3</d>) = 0\ncreat("a", 0) = 4\nopenat(AT_FDCWD</e>, "b", O_CREAT, 0) = 5</e/b>\nunlinkat(6</f>, "g", 0) = 0\nrenameat(6</f>, "h", 7</i>, "j") = 0\nopen("z", O_RDWR) = 4</dev/pts/0<char 136:0>>',
      want: '/d/a /e/b /f/g /f/h /i/j /dev/pts/0'
    },
    {
      name: 'a trace without descriptors may hide an fchdir',
      in: '9 chdir("/a") = 0\n9 openat(AT_FDCWD, "b", O_RDONLY|O_DIRECTORY) = 3\n9 mkdir("c", 0777) = 0',
      want: '',
      skipped: 1
    },
    {
      name: 'a trace that shows descriptors',
      in: '9 close(3) = 0\n9 chdir("/a") = 0\n9 openat(AT_FDCWD, "b", O_RDONLY|O_DIRECTORY) = 3\n9 mkdir("c", 0777) = 0',
      want: '/a/c/!'
    },
    {
      name: 'pids and times',
      in: '[pid  12] 10:11:12 creat("/a", 0) = 3\n13 10:11:12.123456 creat("/b", 0) = 3\n14    1700000000.123456 creat("/c", 0) = 3\n     0.000012 creat("/d", 0) = 3\n15<sh> [ 85] creat("/e", 0) = 3 <0.000010>\n10:11:12.1 (+     0.1) creat("/f", 0) = 3',
      want: '/a /b /c /d /e /f'
    },
    {
      name: 'calls that wait for others',
      in: '1 creat("/a", 0666 <unfinished ...>\n2 creat("/b", 0666 <unfinished ...>\n1 <... creat resumed>) = 3\n2 <... creat resumed> ) = -1 ENOENT (No)',
      want: '/a'
    },
    {
      name: 'a directory goes to what is started',
      in: '1 chdir("/w") = 0\n1 vfork( <unfinished ...>\n2 creat("a", 0) = 3\n2 chdir("/v") = 0\n1 <... vfork resumed>) = 2\n1 creat("b", 0) = 3\n2 creat("c", 0) = 3',
      want: '/w/a /w/b /v/c'
    },
    {
      name: 'threads have one directory',
      in: '1 chdir("/w") = 0\n1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES, exit_signal=0} => {parent_tid=[2]}, 88) = 2\n2 chdir("/v") = 0\n1 creat("a", 0) = 3',
      want: '/v/a'
    },
    {
      name: 'a thread that is shown before the call that started it ends',
      in: '1 chdir("/w") = 0\n1 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_FS <unfinished ...>\n2 chdir("/v") = 0\n1 <... clone resumed>, parent_tid=[2]) = 2\n1 creat("a", 0) = 3',
      want: '/v/a'
    },
    {
      name: 'without -o the first process has no pid at first',
      in: 'chdir("/w") = 0\nvfork(strace: Process 5 attached\n <unfinished ...>\n[pid     5] creat("a", 0 <unfinished ...>\n[pid     4] <... vfork resumed>)        = 5\n[pid     5] <... creat resumed>) = 3\n[pid     4] creat("b", 0) = 3\n[pid     5] +++ exited with 0 +++\ncreat("c", 0) = 3',
      want: '/w/a /w/b /w/c'
    },
    {
      name: 'other lines',
      in: 'strace: Process 3 attached\n--- SIGCHLD {si_signo=SIGCHLD} ---\n+++ exited with 0 +++\nhello "world\n<... creat resumed>) = 3\n',
      want: ''
    }
  ]
  for (const { name, in: trace, want, skipped = 0 } of rows) {
    const found = readStrace(trace)
    t.equal(short(found.written), want, name)
    t.equal(found.skipped, skipped, `${name}: skipped`)
  }
  const lines = ['x', 'openat(AT_FDCWD, "/a", O_RDWR|O_CREAT|O_CLOEXEC, 0) = 3', 'openat(AT_FDCWD, "/a", O_RDWR) = 3']
  t.strictSame(
    straceWrites(lines),
    [{ path: '/a', kind: 'file', isOwnDirectory: false, because: 'openat(... O_RDWR|O_CREAT) on line 2' }],
    'lines do as well as a text, and each path is told once'
  )
})

const SCRIPT = `cd "$1"; mkdir -p made/deep; echo a > made/file; (cd made/deep; echo b > ../other; ln -s x link)
mv made/file moved; cp moved copy; touch kept; rm kept; chmod 600 moved`

const noStrace = (): string | false => {
  const { status } = spawnSync('strace', ['-f', 'true'], { timeout: 20_000 })
  return status !== 0 && process.env['CI'] === undefined && 'NEEDS strace, and the right to trace'
}

t.test('what strace itself prints', { skip: noStrace() }, async t => {
  for (const options of [
    ['-f', '-y'],
    ['-f', '-tt', '-yy']
  ]) {
    const directory = t.testdir({})
    const traced = spawnSync('strace', [...options, 'sh', '-c', SCRIPT, 'sh', directory], {
      encoding: 'utf8',
      timeout: 60_000
    })
    const { written, skipped } = readStrace(traced.stderr)
    const told = new Set(written.map(({ path }) => path))
    const left = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    t.strictSame(left.sort(), ['copy', 'made', 'made/deep', 'made/deep/link', 'made/other', 'moved'])
    for (const name of [...left, 'made/file', 'kept'])
      t.ok(told.has(join(directory, name)), `${name} is told (${options.join(' ')})`)
    const others = [...told].filter(path => !path.startsWith(`${directory}/`) && !path.startsWith('/dev/'))
    t.strictSame(others, [], 'nothing else')
    t.equal(skipped, 0)
    t.equal(written.find(({ path }) => path.endsWith('/made/other'))?.isOwnDirectory, true)
  }
})

const HEAD = 'msg=audit(1364481363.243:24287):'

t.test('what the audit log of the kernel says was written', async t => {
  const event = (syscall: string, ...records: readonly string[]): string[] => [
    `type=SYSCALL ${HEAD} ${syscall} items=2 comm="nginx" exe="/usr/sbin/nginx"`,
    `type=CWD ${HEAD} cwd="/srv/w"`,
    ...records.map((record, item) => `type=PATH ${HEAD} item=${item} ${record}`)
  ]
  const done = (number: number, words = 'a0=ffffff9c a1=7ffe a2=241'): string =>
    `arch=c000003e syscall=${number} success=yes exit=3 ${words}`
  const refused = (number: number, words = 'a0=ffffff9c a1=7ffe a2=241'): string =>
    `arch=c000003e syscall=${number} success=no exit=-30 ${words}`
  const rows: readonly { name: string; in: readonly string[]; want: string }[] = [
    {
      name: 'a file that is made',
      in: event(
        done(257),
        'name="/var/" inode=1 mode=040755 nametype=PARENT',
        'name="/var/a" inode=2 mode=0100644 nametype=CREATE'
      ),
      want: '/var/a'
    },
    {
      name: 'the directory of what was done',
      in: event(done(257), 'name="/var/" nametype=PARENT', 'name="/var/a" nametype=UNKNOWN'),
      want: ''
    },
    {
      name: 'a relative name',
      in: event(done(257), 'name="a" inode=2 mode=0100644 nametype=CREATE'),
      want: '/srv/w/a'
    },
    {
      name: 'relative to a descriptor',
      in: event(done(263, 'a0=5 a1=7ffe a2=0'), 'name="a" inode=2 nametype=DELETE'),
      want: ''
    },
    {
      name: 'a name in hex',
      in: event(done(257), 'name=2F7661722F6120C3A9 inode=2 nametype=CREATE'),
      want: '/var/a é'
    },
    { name: 'no name', in: event(done(257), 'name=(null) inode=2 nametype=CREATE'), want: '' },
    {
      name: 'a file that was there and is opened for writing',
      in: event(done(257, 'a0=ffffff9c a1=7 a2=1'), 'name="/a" inode=2 mode=0100644 nametype=NORMAL'),
      want: '/a'
    },
    {
      name: 'a file that is read',
      in: event(done(257, 'a0=ffffff9c a1=7 a2=80000'), 'name="/a" inode=2 mode=0100644 nametype=NORMAL'),
      want: ''
    },
    { name: 'open', in: event(done(2, 'a0=7ffe a1=2 a2=0'), 'name="/a" inode=2 nametype=NORMAL'), want: '/a' },
    {
      name: 'openat2',
      in: [
        ...event(done(437, 'a0=ffffff9c a1=7 a2=7ffe'), 'name="/a" inode=2 nametype=NORMAL'),
        `type=OPENAT2 ${HEAD} oflag=02 mode=0 resolve=0`
      ],
      want: '/a'
    },
    {
      name: 'a directory that is made',
      in: event(done(83, 'a0=7 a1=1ff'), 'name="/opt/x" inode=2 mode=040755 nametype=CREATE'),
      want: '/opt/x/!'
    },
    {
      name: 'a directory that is changed',
      in: event(done(92, 'a0=7 a1=1'), 'name="/data" inode=2 mode=040755 nametype=NORMAL'),
      want: '/data/'
    },
    {
      name: 'both sides of a rename',
      in: event(
        done(82, 'a0=7 a1=8'),
        'name="/a/" nametype=PARENT',
        'name="/b/" nametype=PARENT',
        'name="/a/x" nametype=DELETE',
        'name="/b/x" nametype=CREATE'
      ),
      want: '/a/x /b/x'
    },
    {
      name: 'on arm64',
      in: event(
        'arch=c00000b7 syscall=56 success=yes exit=3 a0=ffffffffffffff9c a1=7 a2=241',
        'name="/a" nametype=NORMAL'
      ),
      want: '/a'
    },
    {
      name: 'a read-only root names the directory alone',
      in: event(refused(257), 'name="/var/lib/x/" inode=1 mode=040755 nametype=PARENT'),
      want: '/var/lib/x/'
    },
    {
      name: 'a read-only root and a file that is there',
      in: event(refused(257), 'name="/etc/f" inode=2 mode=0100644 nametype=NORMAL'),
      want: '/etc/f'
    },
    {
      name: 'what failed for another reason',
      in: event('arch=c000003e syscall=257 success=no exit=-13 a0=ffffff9c a1=7 a2=241', 'name="/a" nametype=CREATE'),
      want: ''
    },
    {
      name: 'what auditd adds for readers',
      in: event(done(257), 'name="/a" inode=2 nametype=CREATE\x1dOUID="root" name="/not"'),
      want: '/a'
    },
    {
      name: 'events that mix',
      in: [
        `type=SYSCALL msg=audit(1.1:1): ${done(87, 'a0=1')}`,
        `type=SYSCALL msg=audit(1.1:2): ${done(2, 'a0=1 a1=0')}`,
        'type=PATH msg=audit(1.1:2): name="/read" nametype=NORMAL',
        'type=PATH msg=audit(1.1:1): name="/gone" nametype=DELETE'
      ],
      want: '/gone'
    },
    {
      name: 'machines with one serial',
      in: [
        `node=a type=SYSCALL msg=audit(1.1:1): ${done(87, 'a0=1')}`,
        'node=b type=PATH msg=audit(1.1:1): name="/other" nametype=DELETE'
      ],
      want: ''
    },
    {
      name: 'ausearch -i',
      in: [
        '----',
        'type=PATH msg=audit(03/28/2013 10:36:03.243:24287) : item=0 name=/var/my file inode=2 dev=fd:01 mode=file,644 nametype=NORMAL',
        'type=CWD msg=audit(03/28/2013 10:36:03.243:24287) : cwd=/root',
        'type=SYSCALL msg=audit(03/28/2013 10:36:03.243:24287) : arch=x86_64 syscall=openat success=no exit=EROFS(Read-only file system) a0=AT_FDCWD a1=0x7ffe a2=O_WRONLY|O_CREAT a3=0x1b6 items=1'
      ],
      want: '/var/my file'
    }
  ]
  for (const { name, in: lines, want } of rows) t.equal(short(linuxAuditWrites(lines)), want, name)
  const [found] = linuxAuditWrites(event(refused(257), 'name="/etc/f" nametype=NORMAL'))
  t.equal(found?.because, 'openat failed with EROFS by /usr/sbin/nginx in audit event 1364481363.243:24287')
  t.ok(looksLikeLinuxAudit(`type=PATH ${HEAD} item=0`))
  t.ok(looksLikeLinuxAudit(`node=a type=PATH ${HEAD} item=0`))
  t.notOk(looksLikeLinuxAudit('{"kind":"Event","apiVersion":"audit.k8s.io/v1"}'))
})

const sh = (script: string): string[] => ['sh', '-c', script]

t.test('what a command writes', async t => {
  const rows: readonly { in: readonly string[]; want: string; directory?: string }[] = [
    { in: sh('date > /etc/x/date'), want: '/etc/x/date' },
    { in: ['touch', '/tmp/x', 'y'], want: '/tmp/x' },
    { in: ['touch', 'y', '../z'], want: '/job/y /z', directory: '/job' },
    { in: ['touch', '-d', '/yesterday', '/a'], want: '/a' },
    { in: ['/bin/bash', '-euo', 'pipefail', '-c', 'touch /a'], want: '/a' },
    { in: sh('cd /v && echo a>b && (cd /q; touch c); touch ../d'), want: '/v/b /q/c /d' },
    { in: sh('cd /a | touch b; if x; then cd /c; fi; touch d'), want: '' },
    { in: sh('mkdir -p /a/b; mkdir /e && echo > /e/f'), want: '/a/b/ /e/! /e/f!' },
    { in: sh('cp a /n/; cp a b /x; cp -t /y a; cp /q/a /tmp; cp a /f'), want: '/n/a /x/a /x/b /y/a /tmp/a /f' },
    { in: sh('mv /p /q; ln -sf a /l; install -d /i; install -m 644 a /in'), want: '/p /q /l /i/ /in' },
    { in: sh("sed -i 's/a > b/c/' /f; sed -Ei.bak -e x /g; sed -n p /h"), want: '/f /g' },
    { in: sh('tar xzf a.tgz -C /o; tar cf /o.tar d; tar tf /x.tar; tar -xOf /y.tar'), want: '/o/ /o.tar' },
    {
      in: sh('unzip -q a.zip -d /u; dd if=/a of=/b; truncate -s 5 /t; rm -rf /r /s/; rmdir /d'),
      want: '/u/ /b /t /r /s /d'
    },
    {
      in: sh('curl -sSLo /c http://h; curl -o- http://h; wget -qO /w http://h; wget -P /p http://h'),
      want: '/c /w /p/'
    },
    { in: sh('x=$(mktemp); mktemp -d /q/tXXX; mktemp -p /z; mktemp -u'), want: '/tmp/ /q/ /z/' },
    { in: sh('chmod +x /a; chmod -x /b; chown -R a:b /c; chmod 600 $F'), want: '/a /b /c' },
    { in: sh('sudo -u x env -i A=b timeout -s KILL 5 nohup busybox touch /a'), want: '/a' },
    {
      in: sh('exec sh -c "exec touch /a"; eval "touch /b"; trap "rm -f /c" EXIT; su -c "touch /d" u'),
      want: '/a /b /c /d'
    },
    {
      in: sh('{ echo; } > /a; (echo) >> /b; while read x; do echo; done > /c < /in; f() { touch /d; }'),
      want: '/a /b /c /d'
    },
    { in: sh('case x in a) touch /a;; b|c) rm /b ;; esac; for i in 1; do touch /c; done'), want: '/a /b /c' },
    {
      in: sh('echo >| /a; echo &> /b; echo 2> /c; echo >& /d; echo >&2; echo 2>&1 >/dev/null; echo > /proc/1/x'),
      want: '/a /b /c /d'
    },
    { in: sh('cat <<EOF > /a\nrm /no\nEOF\ntouch /b # touch /no\necho | tee -a /c /d'), want: '/a /b /c /d' },
    { in: sh('x=`touch /a`; echo "$(touch /b)" ${y:-$z}; diff <(touch /c) /in'), want: '/a /b /c' },
    { in: ['sh', '-c', "touch \"/a b\" /c\\ d '/e\"' /u/../v//w/ $'/f' a\\\nb"], want: '/a b /c d /e" /v/w /f' },
    { in: sh('touch /a/$X /b/* ~/c /d/{e,f} "$(x)/g" /h[1]'), want: '' },
    { in: ['touch', '/logs/$(POD_NAME)'], want: '' }
  ]
  for (const { in: argv, want, directory } of rows) {
    t.equal(short(commandWrites(argv, directory)), want, argv.join(' '))
    t.equal(changesFiles(argv), true, `${argv.join(' ')}: it changes files`)
  }
  const elsewhere = [
    'rm x',
    'touch /a/$X',
    'rm -f /a/*',
    'find /x -delete',
    'ls | xargs rm',
    'useradd x',
    'apt-get install x',
    'wget http://h',
    'git clone x'
  ]
  for (const script of elsewhere) t.ok(changesFiles(sh(script)), script)
  t.equal(commandWrites(sh(`set -e;\tdate\t> /x; ls`))[0]?.because, '"date > /x"')
})

t.test('commands that only read', async t => {
  const scripts = [
    'cat /tmp/healthy',
    'test -f /tmp/x -a -w /tmp',
    'curl -sf localhost',
    'exec pg_isready -U "postgres" -h 127.0.0.1 2>&1',
    'redis-cli ping | grep -q PONG',
    '[ "$(redis-cli ping)" = PONG ]',
    'ls > /dev/null',
    'echo hi >&2',
    'echo >&3; exec 3>&-',
    'wget -qO- http://localhost/',
    'wget --spider -q http://x',
    'wget -q -T 5 -O /dev/null http://x',
    'curl -s -o /dev/null -w "%{http_code}" http://x',
    'curl x | python3 -m json.tool',
    "curl x | python -c 'import json'",
    'curl x | sh -c "cat"',
    'if [[ 1 > 2 && a < b ]]; then echo; fi',
    'test $((3 > 2)) -eq 1',
    '((a > 3)) && true',
    'echo "a > b" \'c > d\' e\\>f # rm /x > y',
    'case $1 in rm|touch) echo;; *) ls;; esac',
    'case $1 in npm|yarn) echo;; *) ls;; esac',
    'cat <<-"EOF"\n\trm /x > y\n\tEOF\nls',
    'command -v rm',
    'for f in rm touch; do echo $f; done',
    'sleep 5; nginx -s quit; while killall -0 nginx; do sleep 1; done',
    "awk '{ if ($1 > 5) print }' f",
    'echo ${x:-a>b}',
    'tar cz d | base64',
    'rpm -qi x; dpkg -l; pip list; npm start; yarn start; go run .; apt-get update',
    'echo x | tee /dev/stderr',
    'gzip -c x | wc -c',
    'cat > /dev/$X',
    'dd if=/dev/zero of=/dev/null'
  ]
  for (const script of scripts) {
    t.equal(changesFiles(sh(script)), false, script)
    t.equal(installsCode(sh(script)), undefined, script)
  }
})

t.test('commands that bring code', async t => {
  const rows: readonly { in: readonly string[]; want: string }[] = [
    { in: sh('apt-get update && apt-get -qq -o A=B install -y curl'), want: 'apt-get install' },
    { in: ['apk', '--no-cache', '-X', 'http://x', 'add', 'curl'], want: 'apk add' },
    { in: ['python3', '-m', 'pip', 'install', 'x'], want: 'pip install' },
    { in: sh('npm ci && npm start'), want: 'npm ci' },
    { in: ['npm', '--prefix', '/x', 'i'], want: 'npm i' },
    { in: ['yarn'], want: 'yarn' },
    { in: ['rpm', '-ivh', 'x.rpm'], want: 'rpm' },
    { in: sh('[ -x /usr/bin/curl ] || sudo microdnf install curl'), want: 'microdnf install' },
    { in: sh('curl -sSL https://x | sudo -E bash -'), want: 'curl ... | bash' },
    { in: sh('wget -qO- https://x | gunzip | sh -s -- a'), want: 'wget ... | sh' },
    { in: ['bash', '-c', 'bash <(curl -s https://x)'], want: 'bash ... curl' },
    { in: sh('sh -c "$(curl -fsSL https://x)"'), want: 'sh ... curl' },
    { in: sh('eval "`wget -qO- https://x`"'), want: 'eval ... wget' }
  ]
  for (const { in: argv, want } of rows) {
    t.equal(installsCode(argv)?.word, want, argv.join(' '))
    t.ok(changesFiles(argv))
  }
})

t.test('the command of pods/exec', async t => {
  const base = '/api/v1/namespaces/ns/pods/p'
  t.strictSame(
    execCommandOf(`${base}/exec?command=sh&command=-c&command=touch+%2Fa%26b+%252F&container=app&stdin=true`),
    {
      container: 'app',
      argv: ['sh', '-c', 'touch /a&b %2F']
    }
  )
  t.strictSame(execCommandOf(`${base}/exec?command=ls`), { container: undefined, argv: ['ls'] })
  for (const other of [`${base}/log?container=a`, `${base}?command=x`, '/api/v1/nodes/n/exec?command=x', ''])
    t.equal(execCommandOf(other), undefined, other)
})

t.test('the directories that become volumes', async t => {
  // as short writes it: a slash at the end for a directory, ! for one the program made
  const row = (text: string): WrittenPath => {
    const path = text.replace(/!$/, '')
    return {
      path: path.replace(/(?<=.)\/$/, ''),
      kind: path.endsWith('/') ? 'directory' : 'file',
      isOwnDirectory: text.endsWith('!'),
      because: 'seen'
    }
  }
  const rows: readonly { in: string; mounts: string; refused?: string }[] = [
    { in: '/data/f /data/g', mounts: '/data' },
    { in: '/data/ /data/f', mounts: '/data' },
    { in: '/tmp/f', mounts: '/tmp' },
    { in: '/tmp /tmp/a/b /tmp/x/! /var/tmp/y/', mounts: '/tmp /var/tmp' },
    { in: '/run/nginx.pid', mounts: '/run' },
    { in: '/run/postgresql/x /run/app/!', mounts: '/run/app /run/postgresql' },
    { in: '/var/run/a.pid /run/b.pid', mounts: '/var/run' },
    { in: '/run/a.pid /var/run/b/c', mounts: '/run /run/b' },
    { in: '/var/run/b/c /run/a.pid /var/lock/l', mounts: '/var/run /var/run/b /var/run/lock' },
    { in: '/var/lock/l', mounts: '/var/lock' },
    { in: '/var/log/x.log /var/log/nginx/e.log', mounts: '/var/log /var/log/nginx' },
    { in: '/data/x /data/made/! /data/made/y! /data/made/z/!', mounts: '/data' },
    { in: '/data/x /data/images/own/!', mounts: '/data /data/images/own' },
    { in: '/var/cache/nginx/client_temp/! /var/cache/nginx/proxy_temp/!', mounts: '/var/cache/nginx' },
    { in: '/var/cache/nginx/client_temp/!', mounts: '/var/cache/nginx/client_temp' },
    { in: '/var/lib/app/a/f /var/lib/app/b/f', mounts: '/var/lib/app/a /var/lib/app/b' },
    {
      in: '/proc/1/x /sys/x /dev/null /dev/shm/x /dev/pts/0 /dev/termination-log /etc/hosts /etc/hostname /etc/resolv.conf /var/run/secrets/kubernetes.io/x',
      mounts: ''
    },
    { in: '/x', mounts: '', refused: '/' },
    { in: '/etc/f /etc/nginx/f /etc/own/! /etc/own/f!', mounts: '/etc/own', refused: '/etc /etc/nginx' },
    {
      in: '/opt/f /app/d/f /root/.cache/! /home/u/f /srv/f',
      mounts: '/root/.cache',
      refused: '/opt /app/d /home/u /srv'
    },
    {
      in: '/usr/share/x/! /bin/f /sbin/f /lib64/f /usr/local/lib/f /boot/f /lib/x/!',
      mounts: '',
      refused: '/usr/share/x /bin /sbin /lib64 /usr/local/lib /boot /lib/x'
    },
    {
      in: '/var/f /var/lib/f /var/cache/f /var/lib/dpkg/status',
      mounts: '',
      refused: '/var /var/lib /var/cache /var/lib/dpkg'
    },
    { in: '/optional/f /etcetera/f /tmpfs/f /running/f', mounts: '/etcetera /optional /running /tmpfs' }
  ]
  for (const { in: written, mounts, refused = '' } of rows) {
    const found = writableDirectories(written.split(' ').map(row))
    t.equal(found.mounts.map(({ path }) => path).join(' '), mounts, written)
    t.equal(found.refused.map(({ directory }) => directory).join(' '), refused, `${written}: refused`)
  }
  const { mounts, refused } = writableDirectories(['/data/f', '/data/g', '/etc/f'].map(row))
  t.strictSame(mounts, [{ path: '/data', because: '/data/f: seen, and 1 more' }])
  t.strictSame(refused, [
    {
      path: '/etc/f',
      directory: '/etc',
      because: 'an empty directory there would hide the files that the image brings'
    }
  ])
})

const SHELL = [
  '$(',
  '`',
  '"',
  "'",
  ')',
  '(',
  '{',
  '}',
  'if ',
  'fi ',
  'do ',
  'case x in ',
  ';;',
  'esac ',
  ';',
  '\n',
  '&',
  '|',
  '>',
  '<<EOF',
  'EOF\n',
  '<(',
  'touch ',
  '/a',
  ' ',
  '\\',
  '$x',
  '${',
  '$((',
  '[[ ',
  '#',
  '~',
  '*',
  '[',
  '{a,b}',
  'cd ',
  'sudo ',
  'sh -c ',
  '\u00a0',
  '\ud800'
]
const TRACE = [
  '1 ',
  '[pid 2] ',
  'openat(',
  'AT_FDCWD',
  ', ',
  '"/a',
  '"',
  '\\303',
  '\\',
  '...',
  'O_CREAT',
  ' <unfinished ...>',
  '<... openat resumed>',
  ')',
  ' = 3',
  ' = -1 EROFS',
  '</x',
  '>',
  '{',
  '}',
  '\n',
  'vfork(',
  'strace: Process 5 attached',
  '+++ exited',
  'fchdir(3',
  'rename("/a","b")= 0'
]
const AUDIT = [
  'type=SYSCALL ',
  'type=PATH ',
  'msg=audit(1.2:3): ',
  'msg=audit(1.2:4): ',
  'arch=c000003e ',
  'syscall=257 ',
  'success=yes ',
  'a0=ffffff9c ',
  'a2=241 ',
  'name="',
  '/x" ',
  'name=2F61 ',
  'nametype=CREATE ',
  '\n',
  'type=CWD ',
  'cwd="/" ',
  '=',
  '\x1d',
  '(null)'
]

t.test('no text makes a reader throw, or give a path that is not normalised', async t => {
  const dice = diceFrom(8)
  const text = (words: readonly string[]): string => dice.several(words, 0, 60).join('')
  let found = 0
  for (let run = 0; run < (IS_LONG ? 200_000 : 1500); run++) {
    const script = text(SHELL)
    installsCode(script.split(' '))
    changesFiles(script.split(' '))
    execCommandOf(`/api/v1/namespaces/n/pods/p/exec?${script}`)
    const written = [
      ...commandWrites(sh(script), '/w'),
      ...straceWrites(text(TRACE)),
      ...linuxAuditWrites(text(AUDIT).split('\n'))
    ]
    const { mounts } = writableDirectories(written)
    found += written.length
    const odd = [...written, ...mounts].find(({ path }) => !/^\/$|^(?:\/(?!\.\.?(?:\/|$))[^/]+)+$/.test(path))
    if (odd) t.fail(`${JSON.stringify(odd)} of ${JSON.stringify(script)}`)
  }
  t.ok(found > 100, `${found} paths were found on the way`)
})

// a reader that takes the square of the time would need hours for these
t.test('long texts of one kind are read to the end', async t => {
  const size = IS_LONG ? 2_000_000 : 100_000
  const many = (text: string): string => text.repeat(size / text.length)
  for (const part of ['$(', '(', '`', '"', "'", '\\', '${', 'if )', 'case x in ', '<<E ', '; ', '[[ ', ' ', '{a,', '>'])
    t.type(commandWrites(sh(`${many(part)}\n`)).length, 'number', part)
  for (const part of [
    'openat(',
    '"',
    '\\303',
    '{',
    '1',
    '[pid ',
    ' ',
    '1 <... openat resumed><unfinished ...>\n',
    'a=b '
  ])
    t.equal(readStrace(`1 openat(AT_FDCWD, "/x", O_CREAT <unfinished ...>\n1 ${many(part)}`).written.length, 0, part)
  const lines = (line: (index: number) => string): string[] =>
    Array.from({ length: size / 50 }, (_, index) => line(index))
  t.equal(readStrace(lines(pid => `[pid ${pid}] creat("/x" <unfinished ...>`)).written.length, 0)
  t.equal(readStrace(lines(pid => `[pid ${pid}] clone(flags=0 <unfinished ...>`)).written.length, 0)
  t.equal(linuxAuditWrites(lines(serial => `type=PATH msg=audit(1.1:${serial}): name="/a" nametype=CREATE`)).length, 0)
  const siblings = straceWrites(lines(index => `mkdir("/var/cache/x/${index}", 0) = 0`))
  t.equal(siblings.length, size / 50)
  t.strictSame(
    writableDirectories(siblings).mounts.map(({ path }) => path),
    ['/var/cache/x']
  )
  t.notOk(changesFiles(Array.from({ length: size / 10 }, () => 'sudo')))
})
