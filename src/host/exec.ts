import type { ExecResult } from './host.ts'

const MOST_OUTPUT = 4 * 1024 * 1024

// HOME is set because kubectl without it makes its cache below the working directory, which could be the kubelet's.
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  HOME: '/root'
} as const

/**
 * Runs a program found on a fixed PATH, with a clean environment and without a shell; `input` is what it reads, else
 * nothing. `code` is null when it could not be started, or was killed by the time limit (milliseconds), by the output limit
 * (4 MiB) or by a signal.
 */
export const exec = async (file: string, args: readonly string[], timeout: number, input = ''): Promise<ExecResult> => {
  const { execFile } = await import('node:child_process')
  return new Promise(resolve => {
    const child = execFile(
      file,
      args,
      { cwd: '/', env: ENVIRONMENT, timeout, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error === null) return resolve({ code: 0, stdout, stderr })
        const code = typeof error.code === 'number' ? error.code : null
        resolve({ code, stdout, stderr: stderr === '' && code === null ? error.message : stderr })
      }
    )
    // A program that ends before it reads its input is no fault.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}
