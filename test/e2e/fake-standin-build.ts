import { goBinary } from './fake-go-build.ts'

/**
 * The stand-in kube-apiserver, built from test/oracle/standin when its sources have changed: the path of the program, or
 * null, with the reason on standard error, where Go or its modules cannot be had. In CI that is an error.
 */
export const standInBinary = (): Promise<string | null> =>
  // the version is that of the modules in go.mod
  goBinary({ name: 'kube-apiserver', directory: 'test/oracle/standin', package: '.', version: 'v1.36.6' })
